import { CUT_OFF_MESSAGE, cutOffCanary } from '../admission/cut-off.js';
import { isCutOff } from '../model/restriction.js';
import { type TenantInput } from '../model/tenant-input.js';
import { type PlainObjects } from './plain-objects.js';
import { control, refused, type TrialCheck, trialCheck } from './trial.js';

type Json = Record<string, unknown>;

/** No node has it, and no plan names it. */
const DEVICE = 'proof.invalid/device';

/** Tests that what is scarce, or shared by all tenants, belongs to plans that name it, and to no tenant that is cut off. */
export function scarceTrials(tenant: TenantInput, plain: PlainObjects): TrialCheck[] {
  const { healthCheckNodePorts } = tenant.plan.spec.network;
  const claims = { resourceClaims: [{ name: 'device', resourceClaimName: 'device' }] };
  const resources = { requests: { [DEVICE]: '1' }, limits: { [DEVICE]: '1' } };
  const balanced = { type: 'LoadBalancer', allocateLoadBalancerNodePorts: false, externalTrafficPolicy: 'Local' };
  const pods = (...specs: Json[]): ReturnType<typeof refused>[] => specs.map((spec) => refused(plain.pod(spec), spec));
  return [
    trialCheck({ id: 'block-foreign-devices', title: 'Pods can use only devices of the plan', area: 'pods' }, [
      control(plain.pod()),
      refused(plain.podOf({ resources }), resources, /the devices of the plan/),
      refused(plain.pod(claims), claims, /must not use resource claims/),
    ]),
    trialCheck({ id: 'block-reserved-nodes', title: 'Pods cannot choose nodes by name or role', area: 'pods' }, [
      control(plain.pod()),
      ...pods(
        { nodeSelector: { 'node-role.kubernetes.io/control-plane': '' } },
        { nodeSelector: { 'kubernetes.io/hostname': 'node-1' } },
        { tolerations: [{ key: 'node.kubernetes.io/unschedulable', operator: 'Exists' }] },
      ),
    ]),
    trialCheck({ id: 'require-storage-class', title: 'Claims must name a StorageClass', area: 'storage' }, [
      control(plain.claim()),
      refused(plain.claim({ storageClassName: '' }), { storageClassName: '' }, /must name a StorageClass/),
      refused(
        plain.claim({ volumeAttributesClassName: 'another' }),
        { volumeAttributesClassName: 'another' },
        /VolumeAttributesClass/,
      ),
    ]),
    trialCheck({ id: 'bound-revisions', title: 'Workloads keep few old revisions', area: 'quota' }, [
      control(plain.deployment(1)),
      refused(plain.revisedDeployment(1_000), { revisionHistoryLimit: 1_000 }, /old revisions/),
    ]),
    cutOffTrial(tenant, plain),
    certificateTrial(plain),
    trialCheck(
      { id: 'block-health-check-ports', title: 'Load balancers open no node port for health checks', area: 'services' },
      [control(plain.service()), refused(plain.service(balanced), balanced, /node port for health checks/)],
      healthCheckNodePorts ? 'The plan allows node ports for health checks.' : null,
    ),
  ];
}

/** Tests that nobody gives access to a tenant that is cut off. */
function cutOffTrial(tenant: TenantInput, plain: PlainObjects): TrialCheck {
  const { apiVersion, kind, metadata, ...content } = cutOffCanary(plain);
  const write = plain.make(apiVersion, 'rolebindings', kind, content, { name: metadata.name });
  return trialCheck(
    { id: 'restrict-cut-off-namespaces', title: 'Nobody gives access to a tenant that is cut off', area: 'access' },
    [control(plain.make('v1', 'configmaps', 'ConfigMap', {})), refused(write, null, new RegExp(CUT_OFF_MESSAGE))],
    isCutOff(tenant) ? null : 'The tenant is neither suspended nor quarantined.',
  );
}

/** Tests that pods get nothing from outside of their namespace. A cluster without these sources refuses them itself. */
function certificateTrial(plain: PlainObjects): TrialCheck {
  const projecting = (source: Json): Json => ({ volumes: [{ name: 'proof', projected: { sources: [source] } }] });
  const signed = { signerName: 'proof.invalid/signer', keyType: 'ED25519', credentialBundlePath: 'bundle.pem' };
  const foreign = [{ podCertificate: signed }, { clusterTrustBundle: { name: 'proof', path: 'roots.pem' } }];
  return trialCheck(
    { id: 'block-cluster-certificates', title: 'Pods get no certificates from signers of the cluster', area: 'pods' },
    [
      control(plain.pod(projecting({ configMap: { name: 'proof' } }))),
      ...foreign.map(projecting).map((spec) => refused(plain.pod(spec), spec)),
    ],
  );
}
