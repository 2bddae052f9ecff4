import { MANAGED_BY, MANAGED_BY_LABEL, TENANT_ID_LABEL } from '../model/labels.js';
import { type TenantInput } from '../model/tenant-input.js';
import { clusterRoleNames } from '../rbac/cluster-roles.js';
import { PlainObjects, TRIAL_NAME } from './plain-objects.js';
import { changed, control, refused, type TrialCheck, trialCheck, type TriedWrite } from './trial.js';

type Json = Record<string, unknown>;

const RBAC = 'rbac.authorization.k8s.io';
const BETA_CLASS = 'volume.beta.kubernetes.io/storage-class';

/** What the walls make of everything but pods in one namespace. */
export function objectTrials(tenant: TenantInput, namespace: string): TrialCheck[] {
  const plain = new PlainObjects(tenant, namespace);
  return [
    ...serviceTrials(plain),
    ...hostTrials(tenant, plain),
    ...claimTrials(tenant, plain),
    ...networkPolicyTrials(tenant, plain),
    ...roleTrials(plain),
    ...tokenTrials(tenant, plain),
    trialCheck({ id: 'block-forbidden-kinds', title: 'Tenants write no Endpoints', area: 'services' }, [
      control(plain.make('v1', 'configmaps', 'ConfigMap', {})),
      ...forbidden(plain).map((write) => refused(write, null, /do not write this kind/)),
    ]),
    trialCheck({ id: 'keep-root-certificates', title: 'The certificates of the cluster stay', area: 'objects' }, [
      control(plain.make('v1', 'configmaps', 'ConfigMap', {})),
      ...(['delete', 'patch'] as const).map((verb) =>
        refused(
          {
            ...{ verb, apiVersion: 'v1', resource: 'configmaps', kind: 'ConfigMap', namespace },
            name: 'kube-root-ca.crt',
            ...(verb === 'patch' && { body: { data: { 'ca.crt': 'none' } } }),
          },
          null,
          /is the cluster’s/,
        ),
      ),
    ]),
    trialCheck({ id: 'block-forged-labels', title: 'Nobody makes an object look like Bulkhead’s', area: 'objects' }, [
      control(plain.make('v1', 'configmaps', 'ConfigMap', {}, { labels: { [MANAGED_BY_LABEL]: 'helm' } })),
      ...[{ [MANAGED_BY_LABEL]: MANAGED_BY }, { [TENANT_ID_LABEL]: tenant.id }].map((labels) =>
        refused(plain.make('v1', 'configmaps', 'ConfigMap', {}, { labels }), { labels }, /that Bulkhead manages/),
      ),
    ]),
  ];
}

function forbidden(plain: PlainObjects): TriedWrite[] {
  const slice = { addressType: 'IPv4', endpoints: [{ addresses: ['192.0.2.1'] }] };
  return [
    plain.make('v1', 'endpoints', 'Endpoints', { subsets: [{ addresses: [{ ip: '192.0.2.1' }] }] }),
    plain.make('discovery.k8s.io/v1', 'endpointslices', 'EndpointSlice', slice),
  ];
}

function serviceTrials(plain: PlainObjects): TrialCheck[] {
  const faulty = (spec: Json): ReturnType<typeof refused> => refused(plain.service(spec), spec);
  const balanced = {
    ...{ type: 'LoadBalancer', loadBalancerClass: 'another.invalid/class', allocateLoadBalancerNodePorts: false },
  };
  const named = { annotations: { 'external-dns.alpha.kubernetes.io/hostname': 'another.invalid' } };
  return [
    trialCheck(
      {
        id: 'block-node-ports',
        benchmark: 'MTB-PL1-BC-HI-1 (NodePort)',
        title: 'Services open no ports of nodes',
        area: 'services',
      },
      [control(plain.service()), faulty({ type: 'NodePort' })],
    ),
    trialCheck({ id: 'block-external-names', title: 'Services are no names of other hosts', area: 'services' }, [
      control(plain.service()),
      refused(plain.service({ type: 'ExternalName', externalName: 'metadata.internal' }), { type: 'ExternalName' }),
    ]),
    // CVE-2020-8554
    trialCheck({ id: 'block-external-addresses', title: 'Services take over no addresses', area: 'services' }, [
      control(plain.service()),
      faulty({ externalIPs: ['203.0.113.1'] }),
      refused(plain.service(balanced), balanced, /this class of load balancers/),
      refused(plain.service({}, named), named, /no names and addresses/),
    ]),
  ];
}

function hostTrials({ hosts = [], plan }: TenantInput, plain: PlainObjects): TrialCheck[] {
  const backend = { service: { name: TRIAL_NAME, port: { number: 80 } } };
  const [ingressClass] = plan.spec.ingressClasses;
  const another = { ingressClassName: 'another-class' };
  const ingress = (host: string | undefined, more: Json = {}, metadata: Json = {}): TriedWrite => {
    const http = { paths: [{ path: '/', pathType: 'Prefix', backend }] };
    const spec = {
      ...(ingressClass !== undefined && { ingressClassName: ingressClass }),
      ...{ rules: [{ ...(host !== undefined && { host }), http }], ...more },
    };
    return plain.make('networking.k8s.io/v1', 'ingresses', 'Ingress', { spec }, metadata);
  };
  const [own = ''] = hosts;
  const snippet = { annotations: { 'nginx.ingress.kubernetes.io/server-alias': 'another.invalid' } };
  return [
    trialCheck(
      { id: 'confine-hosts', title: 'Ingresses are for hosts of the tenant alone', area: 'services' },
      [
        control(ingress(`proof.${own}`)),
        refused(ingress('another.invalid'), { host: 'another.invalid' }, /a host of this tenant/),
        refused(ingress(`*.${own}`), { host: `*.${own}` }, /a host of this tenant/),
        refused(ingress(undefined), { host: null }, /a host of this tenant/),
        refused(
          ingress(`proof.${own}`, { defaultBackend: backend }),
          { defaultBackend: backend },
          /no default backend/,
        ),
        refused(ingress(`proof.${own}`, {}, snippet), snippet, /no annotation that changes/),
        ...(ingressClass === undefined
          ? []
          : [refused(ingress(`proof.${own}`, another), another, /does not allow this IngressClass/)]),
      ],
      hosts.length === 0 ? 'The tenant has no host, and may write no Ingress that is let through.' : null,
    ),
  ];
}

function claimTrials(tenant: TenantInput, plain: PlainObjects): TrialCheck[] {
  const unbounded = tenant.plan.spec.storageClasses.length === 0;
  const faulty = (spec: Json): ReturnType<typeof refused> => refused(plain.claim(spec), spec);
  return [
    trialCheck(
      { id: 'allow-storage-classes', title: 'Claims are of the StorageClasses of the plan', area: 'storage' },
      [
        control(plain.claim()),
        faulty({ storageClassName: 'another-class' }),
        refused(plain.claim({}, { annotations: { [BETA_CLASS]: 'another-class' } }), { [BETA_CLASS]: 'another-class' }),
      ],
      unbounded ? 'The plan allows every StorageClass.' : null,
    ),
    trialCheck(
      {
        id: 'block-existing-volumes',
        benchmark: 'MTB pending #1200',
        title: 'Claims choose no existing volume',
        area: 'storage',
      },
      [
        control(plain.claim()),
        faulty({ volumeName: 'another-volume' }),
        faulty({ selector: { matchLabels: { a: 'b' } } }),
      ],
    ),
  ];
}

function networkPolicyTrials({ id }: TenantInput, plain: PlainObjects): TrialCheck[] {
  const own = { namespaceSelector: { matchLabels: { [TENANT_ID_LABEL]: id } } };
  const faults: Json[] = [
    { policyTypes: ['Egress'], egress: [{}] },
    { ingress: [{ from: [{ namespaceSelector: {} }] }] },
    { ingress: [{ from: [{ namespaceSelector: { matchLabels: { [TENANT_ID_LABEL]: 'tenant_another' } } }] }] },
    { policyTypes: ['Egress'], egress: [{ to: [{ ipBlock: { cidr: '169.254.169.254/32' } }] }] },
  ];
  return [
    trialCheck(
      {
        id: 'confine-network-policies',
        title: 'Own network policies open ways within the tenant alone',
        area: 'network',
        condition: 'NetworkIsolated',
      },
      [
        control(plain.networkPolicy({ ingress: [{ from: [own] }], egress: [{ to: [{ podSelector: {} }] }] })),
        ...faults.map((spec) => refused(plain.networkPolicy(spec), spec, /names pods of this tenant/)),
      ],
    ),
  ];
}

function roleTrials(plain: PlainObjects): TrialCheck[] {
  const person = { apiGroup: RBAC, kind: 'User', name: 'proof@bulkhead.invalid' };
  const everybody = { apiGroup: RBAC, kind: 'Group', name: 'system:authenticated' };
  const account = { kind: 'ServiceAccount', name: 'default', namespace: 'kube-system' };
  const { viewer } = clusterRoleNames;
  // A right that the prover has, so that nothing but the wall stands in the way.
  const binds = { apiGroups: [RBAC], resources: ['clusterroles'], resourceNames: [viewer], verbs: ['bind'] };
  return [
    trialCheck({ id: 'confine-role-bindings', title: 'Own bindings let in nobody who must stay out', area: 'access' }, [
      control(plain.roleBinding(viewer, [person])),
      refused(plain.roleBinding(viewer, [everybody]), { subjects: [everybody] }, /Subjects are people/),
      refused(plain.roleBinding(viewer, [account]), { subjects: [account] }, /Subjects are people/),
      refused(
        plain.roleBinding('bulkhead-no-role', [person]),
        { roleRef: 'bulkhead-no-role' },
        /Of the ClusterRoles only/,
      ),
    ]),
    trialCheck({ id: 'confine-roles', title: 'Own Roles give no right to give rights', area: 'access' }, [
      control(plain.role()),
      refused(plain.role(binds), binds, /Roles have no wildcard/),
    ]),
  ];
}

function tokenTrials(tenant: TenantInput, plain: PlainObjects): TrialCheck[] {
  const annotations = { 'kubernetes.io/service-account.name': 'default' };
  const type = 'kubernetes.io/service-account-token';
  const cannot = tenant.cluster.mutatesPods === true ? null : 'The cluster has no MutatingAdmissionPolicy.';
  return [
    trialCheck({ id: 'block-endless-tokens', title: 'No Secret holds a token that never ends', area: 'access' }, [
      control(plain.make('v1', 'secrets', 'Secret', { type: 'Opaque' })),
      refused(plain.make('v1', 'secrets', 'Secret', { type }, { annotations }), { type }, /Secrets hold no tokens/),
    ]),
    trialCheck(
      { id: 'withhold-account-tokens', title: 'Accounts that say nothing give pods no token', area: 'access' },
      [
        control(plain.make('v1', 'serviceaccounts', 'ServiceAccount', { automountServiceAccountToken: false })),
        changed(plain.make('v1', 'serviceaccounts', 'ServiceAccount', {}), null, (account) =>
          account['automountServiceAccountToken'] === false ? null : 'It would give its token to every pod.',
        ),
      ],
      tenant.plan.spec.network.kubeApi ? 'The plan gives pods access to the Kubernetes API.' : cannot,
    ),
  ];
}
