import { type KubernetesObject } from '../model/kubernetes-object.js';
import { TENANT_ID_LABEL } from '../model/labels.js';
import { type TenantInput } from '../model/tenant-input.js';
import { PlainObjects, TRIAL_NAME } from './plain-objects.js';
import { control, type Question, refused, type TrialCheck, trialCheck, type TriedWrite } from './trial.js';

type Json = Record<string, unknown>;

/** Kinds of a tenant's set that a tenant's administrator might reach, and how they are addressed. */
const plurals: Readonly<Record<string, string>> = {
  LimitRange: 'limitranges',
  NetworkPolicy: 'networkpolicies',
  ResourceQuota: 'resourcequotas',
  RoleBinding: 'rolebindings',
  ServiceAccount: 'serviceaccounts',
};

/** Collections that tenants may empty as far as what is in them is theirs. */
const collections = ['NetworkPolicy', 'RoleBinding', 'ServiceAccount'] as const;

/**
 * Whether what Bulkhead made in one namespace withstands deletion, change and the emptying of its collection
 * (MTB-PL1-BC-CPI-2). An object that is not there is no better than one that can be removed.
 * @param rendered the tenant's objects; those of other namespaces are left out
 */
export function managedTrials(
  tenant: TenantInput,
  namespace: string,
  rendered: readonly KubernetesObject[],
): TrialCheck[] {
  const objects = rendered.filter(({ kind, metadata }) => metadata.namespace === namespace && kind in plurals);
  const says = /managed by Bulkhead|do not write this kind/;
  const taken: Json = { metadata: { labels: { [TENANT_ID_LABEL]: null } } };
  const reaches: Question = {
    write: { ...target('v1', 'ConfigMap', 'configmaps', namespace), verb: 'delete', name: TRIAL_NAME },
    ...{ expected: 'missing', control: true, detail: null },
  };
  return [
    trialCheck(
      {
        ...{ id: 'protect-managed-objects', benchmark: 'MTB-PL1-BC-CPI-2', area: 'objects' },
        title: 'What Bulkhead made is neither changed nor removed',
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

/** A namespace says by its labels and annotations how it is walled off. */
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
  return trialCheck({ id: 'protect-namespaces', title: 'Namespaces keep what says whose they are', area: 'objects' }, [
    control(patch({ labels: { note: 'proof' } })),
    ...faults.map((metadata) => refused(patch(metadata), metadata, /are Bulkhead’s/)),
    refused({ ...own, verb: 'delete', name: namespace }, null, /Only Bulkhead deletes/),
    control(made({})),
    refused(made({ [TENANT_ID_LABEL]: tenant.id }), { [TENANT_ID_LABEL]: tenant.id }, /Only Bulkhead makes/),
  ]);
}

function target(apiVersion: string, kind: string, resource: string, namespace: string): Omit<TriedWrite, 'verb'> {
  return { apiVersion, kind, resource, namespace };
}

/** Trials that show that quotas count, in one namespace. */
export function quotaTrials(tenant: TenantInput, namespace: string): TrialCheck[] {
  const plain = new PlainObjects(tenant, namespace);
  const most = '1Ei';
  const tooMuch = { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: most } } };
  return [
    trialCheck({ id: 'enforce-quota', title: 'Nothing beyond the plan is let through', area: 'quota' }, [
      control(plain.claim()),
      refused(plain.claim(tooMuch), { 'resources.requests.storage': most }, /exceeded quota: tenant-quota\b/),
    ]),
  ];
}
