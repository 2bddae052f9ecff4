import { type KubernetesObject } from '../model/kubernetes-object.js';
import { TENANT_ID_LABEL } from '../model/labels.js';
import { type TenantInput } from '../model/tenant-input.js';
import { PlainObjects, TRIAL_NAME } from './plain-objects.js';
import { control, type Question, refused, type TrialCheck, trialCheck, type TriedWrite } from './trial.js';

type Json = Record<string, unknown>;

/** Kinds of a tenant's object set that its administrator might reach, with their plural names. */
const plurals: Readonly<Record<string, string>> = {
  LimitRange: 'limitranges',
  NetworkPolicy: 'networkpolicies',
  ResourceQuota: 'resourcequotas',
  RoleBinding: 'rolebindings',
  ServiceAccount: 'serviceaccounts',
};

/** Collections that tenants can delete, as far as the objects in them are their own. */
const collections = ['NetworkPolicy', 'RoleBinding', 'ServiceAccount'] as const;

/**
 * Tests that Bulkhead's objects in one namespace withstand deletion, change and the deletion of their collection
 * (MTB-PL1-BC-CPI-2). A missing object is as bad as one that can be removed.
 * @param rendered the tenant's objects; those of other namespaces are ignored
 */
export function managedTrials(
  tenant: TenantInput,
  namespace: string,
  rendered: readonly KubernetesObject[],
): TrialCheck[] {
  const objects = rendered.filter(({ kind, metadata }) => metadata.namespace === namespace && kind in plurals);
  const says = /managed by Bulkhead|cannot write this kind/;
  const taken: Json = { metadata: { labels: { [TENANT_ID_LABEL]: null } } };
  const reaches: Question = {
    write: { ...target('v1', 'ConfigMap', 'configmaps', namespace), verb: 'delete', name: TRIAL_NAME },
    expected: 'missing',
    control: true,
    detail: null,
  };
  return [
    trialCheck(
      {
        id: 'protect-managed-objects',
        benchmark: 'MTB-PL1-BC-CPI-2',
        area: 'objects',
        title: 'Objects that Bulkhead manages cannot be changed or removed',
      },
      [
        reaches,
        ...objects.flatMap(({ apiVersion, kind, metadata: { name } }) => {
          const object = { ...target(apiVersion, kind, plurals[kind] ?? '', namespace), name };
          return [
            refused({ ...object, verb: 'delete' }, null, says),
            refused({ ...object, verb: 'patch', body: taken }, taken, says),
          ];
        }),
        ...collections.flatMap((kind) => {
          const example = objects.find((object) => object.kind === kind);
          if (example === undefined) return [];
          const all = target(example.apiVersion, kind, plurals[kind] ?? '', namespace);
          return [refused({ ...all, verb: 'deletecollection' }, null, says)];
        }),
      ],
    ),
    namespaceTrial(tenant, namespace),
  ];
}

/** Labels and annotations of a namespace control its isolation. */
function namespaceTrial(tenant: TenantInput, namespace: string): TrialCheck {
  const own = { apiVersion: 'v1', resource: 'namespaces', kind: 'Namespace' };
  const patch = (metadata: Json): TriedWrite => ({ ...own, verb: 'patch', name: namespace, body: { metadata } });
  const faults: Json[] = [
    { labels: { [TENANT_ID_LABEL]: 'tenant_another' } },
    { labels: { 'pod-security.kubernetes.io/enforce': 'privileged' } },
    { labels: { 'admission.gatekeeper.sh/ignore': 'true' } },
    { labels: { 'istio.io/dataplane-mode': 'none' } },
    { labels: { 'config.linkerd.io/admission-webhooks': 'disabled' } },
    { annotations: { 'linkerd.io/inject': 'disabled' } },
    { annotations: { 'bulkhead.io/registries': 'elsewhere.invalid/' } },
  ];
  const name = `tn-${TRIAL_NAME}`;
  const made = (labels: Json): TriedWrite => {
    return { ...own, verb: 'create', body: { apiVersion: 'v1', kind: 'Namespace', metadata: { name, labels } } };
  };
  return trialCheck(
    { id: 'protect-namespaces', title: 'Namespaces keep the labels that protect them', area: 'objects' },
    [
      control(patch({ labels: { note: 'proof' } })),
      ...faults.map((metadata) => refused(patch(metadata), metadata, /are reserved for Bulkhead/)),
      refused({ ...own, verb: 'delete', name: namespace }, null, /Only Bulkhead can delete/),
      control(made({})),
      refused(made({ [TENANT_ID_LABEL]: tenant.id }), { [TENANT_ID_LABEL]: tenant.id }, /Only Bulkhead can create/),
    ],
  );
}

function target(apiVersion: string, kind: string, resource: string, namespace: string): Omit<TriedWrite, 'verb'> {
  return { apiVersion, kind, resource, namespace };
}

/** Tests that quotas are enforced in one namespace. */
export function quotaTrials(tenant: TenantInput, namespace: string): TrialCheck[] {
  const plain = new PlainObjects(tenant, namespace);
  const most = '1Ei';
  const tooMuch = { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: most } } };
  return [
    trialCheck({ id: 'enforce-quota', title: 'Objects beyond the quota are refused', area: 'quota' }, [
      control(plain.claim()),
      refused(plain.claim(tooMuch), { 'resources.requests.storage': most }, /exceeded quota: tenant-quota\b/),
    ]),
  ];
}
