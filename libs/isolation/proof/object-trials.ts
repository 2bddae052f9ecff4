import { MANAGED_BY, MANAGED_BY_LABEL, TENANT_ID_LABEL } from '../model/labels.js';
import { type TenantInput } from '../model/tenant-input.js';
import { clusterRoleNames } from '../rbac/cluster-roles.js';
import { PlainObjects, TRIAL_NAME } from './plain-objects.js';
import { changed, control, refused, type TrialCheck, trialCheck, type TriedWrite } from './trial.js';

type Json = Record<string, unknown>;

const RBAC = 'rbac.authorization.k8s.io';
const BETA_CLASS = 'volume.beta.kubernetes.io/storage-class';

/** Tests the admission baseline for everything except pods in one namespace. */
export function objectTrials(tenant: TenantInput, namespace: string): TrialCheck[] {
  const plain = new PlainObjects(tenant, namespace);
  return [
    ...serviceTrials(plain),
    ...annotationTrials(tenant, plain),
    ...hostTrials(tenant, plain),
    ...claimTrials(tenant, plain),
    ...networkPolicyTrials(tenant, plain),
    ...roleTrials(plain),
    ...tokenTrials(tenant, plain),
    trialCheck({ id: 'block-forbidden-kinds', title: 'Tenants cannot write Endpoints', area: 'services' }, [
      control(plain.make('v1', 'configmaps', 'ConfigMap', {})),
      ...forbidden(plain).map((write) => refused(write, null, /cannot write this kind/)),
    ]),
    trialCheck(
      { id: 'keep-root-certificates', title: 'Certificates of the cluster cannot be changed', area: 'objects' },
      [
        control(plain.make('v1', 'configmaps', 'ConfigMap', {})),
        ...(['delete', 'patch'] as const).map((verb) =>
          refused(
            {
              verb,
              apiVersion: 'v1',
              resource: 'configmaps',
              kind: 'ConfigMap',
              namespace,
              name: 'kube-root-ca.crt',
              ...(verb === 'patch' && { body: { data: { 'ca.crt': 'none' } } }),
            },
            null,
            /belongs to the cluster/,
          ),
        ),
      ],
    ),
    trialCheck({ id: 'block-forged-labels', title: 'Objects cannot imitate those of Bulkhead', area: 'objects' }, [
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
    type: 'LoadBalancer',
    loadBalancerClass: 'another.invalid/class',
    allocateLoadBalancerNodePorts: false,
  };
  return [
    trialCheck(
      {
        id: 'block-node-ports',
        benchmark: 'MTB-PL1-BC-HI-1 (NodePort)',
        title: 'Services cannot open ports of nodes',
        area: 'services',
      },
      [control(plain.service()), faulty({ type: 'NodePort' })],
    ),
    trialCheck({ id: 'block-external-names', title: 'Services cannot stand for other hosts', area: 'services' }, [
      control(plain.service()),
      refused(plain.service({ type: 'ExternalName', externalName: 'metadata.internal' }), { type: 'ExternalName' }),
    ]),
    // CVE-2020-8554
    trialCheck({ id: 'block-external-addresses', title: 'Services cannot take over addresses', area: 'services' }, [
      control(plain.service()),
      faulty({ externalIPs: ['203.0.113.1'] }),
      refused(plain.service(balanced), balanced, /this load balancer class/),
    ]),
  ];
}

/** Tests that nothing gets a name, an address, a network or an identity by annotations. */
function annotationTrials({ plan: { spec } }: TenantInput, plain: PlainObjects): TrialCheck[] {
  const known = { annotations: { 'prometheus.io/port': '9090', [spec.annotations[0] ?? 'note']: 'proof' } };
  const foreign = { annotations: { 'proof.invalid/address': '203.0.113.1' } };
  const writes = (metadata: Json): TriedWrite[] => [
    plain.pod({}, metadata),
    plain.template(metadata),
    plain.service({}, metadata),
    plain.account(metadata),
    plain.make('v1', 'configmaps', 'ConfigMap', {}, metadata),
    plain.claim({}, metadata),
  ];
  return [
    trialCheck(
      {
        id: 'confine-annotations',
        title: 'Annotations claim no names, addresses, networks or identities',
        area: 'objects',
      },
      [
        ...writes(known).map((write) => control(write)),
        ...writes(foreign).map((write) => refused(write, foreign, /annotations of this domain/)),
      ],
    ),
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
      rules: [{ ...(host !== undefined && { host }), http }],
      ...more,
    };
    return plain.make('networking.k8s.io/v1', 'ingresses', 'Ingress', { spec }, metadata);
  };
  const [own = ''] = hosts;
  const snippet = { annotations: { 'nginx.ingress.kubernetes.io/server-alias': 'another.invalid' } };
  return [
    trialCheck(
      { id: 'confine-hosts', title: 'Ingresses can use only hosts of the tenant', area: 'services' },
      [
        control(ingress(`proof.${own}`)),
        refused(ingress('another.invalid'), { host: 'another.invalid' }, /a host of this tenant/),
        refused(ingress(`*.${own}`), { host: `*.${own}` }, /a host of this tenant/),
        refused(ingress(undefined), { host: null }, /a host of this tenant/),
        refused(
          ingress(`proof.${own}`, { defaultBackend: backend }),
          { defaultBackend: backend },
          /must not have a default backend/,
        ),
        refused(ingress(`proof.${own}`, {}, snippet), snippet, /must not carry annotations/),
        ...(ingressClass === undefined
          ? []
          : [refused(ingress(`proof.${own}`, another), another, /does not allow this IngressClass/)]),
      ],
      hosts.length === 0 ? 'The tenant has no host, so admission refuses every Ingress.' : null,
    ),
  ];
}

function claimTrials(tenant: TenantInput, plain: PlainObjects): TrialCheck[] {
  const unbounded = tenant.plan.spec.storageClasses.length === 0;
  const faulty = (spec: Json): ReturnType<typeof refused> => refused(plain.claim(spec), spec);
  return [
    trialCheck(
      { id: 'allow-storage-classes', title: 'Claims can use only StorageClasses of the plan', area: 'storage' },
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
        title: 'Claims cannot select an existing volume',
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
        title: 'Network policies of the tenant open paths within the tenant only',
        area: 'network',
        condition: 'NetworkIsolated',
      },
      [
        control(plain.networkPolicy({ ingress: [{ from: [own] }], egress: [{ to: [{ podSelector: {} }] }] })),
        ...faults.map((spec) => refused(plain.networkPolicy(spec), spec, /must select pods of this tenant/)),
      ],
    ),
  ];
}

function roleTrials(plain: PlainObjects): TrialCheck[] {
  const person = { apiGroup: RBAC, kind: 'User', name: 'proof@bulkhead.invalid' };
  const everybody = { apiGroup: RBAC, kind: 'Group', name: 'system:authenticated' };
  const account = { kind: 'ServiceAccount', name: 'default', namespace: 'kube-system' };
  const { viewer } = clusterRoleNames;
  // A right that the impersonated prover has, so that only the admission policy can refuse it.
  const binds = { apiGroups: [RBAC], resources: ['clusterroles'], resourceNames: [viewer], verbs: ['bind'] };
  const roleRef = { apiGroup: RBAC, kind: 'ClusterRole', name: viewer };
  const lasting = { finalizers: ['proof.invalid/hold'] };
  return [
    trialCheck({ id: 'block-lasting-access', title: 'Access cannot outlive its deletion', area: 'access' }, [
      control(plain.roleBinding(viewer, [person])),
      refused(
        plain.make(`${RBAC}/v1`, 'rolebindings', 'RoleBinding', { roleRef, subjects: [person] }, lasting),
        lasting,
        /must not have finalizers/,
      ),
    ]),
    trialCheck(
      {
        id: 'confine-role-bindings',
        title: 'RoleBindings of the tenant admit only people and its own accounts',
        area: 'access',
      },
      [
        control(plain.roleBinding(viewer, [person])),
        refused(plain.roleBinding(viewer, [everybody]), { subjects: [everybody] }, /Subjects must be people/),
        refused(plain.roleBinding(viewer, [account]), { subjects: [account] }, /Subjects must be people/),
        refused(
          plain.roleBinding('bulkhead-no-role', [person]),
          { roleRef: 'bulkhead-no-role' },
          /Only the ClusterRoles/,
        ),
      ],
    ),
    trialCheck(
      { id: 'confine-roles', title: 'Roles of the tenant cannot grant the right to grant rights', area: 'access' },
      [control(plain.role()), refused(plain.role(binds), binds, /Roles must not use wildcards/)],
    ),
  ];
}

function tokenTrials(tenant: TenantInput, plain: PlainObjects): TrialCheck[] {
  const annotations = { 'kubernetes.io/service-account.name': 'default' };
  const type = 'kubernetes.io/service-account-token';
  const cannot = tenant.cluster.mutatesPods === true ? null : 'The cluster has no MutatingAdmissionPolicy.';
  return [
    trialCheck(
      { id: 'block-endless-tokens', title: 'Secrets cannot hold a token that never expires', area: 'access' },
      [
        control(plain.make('v1', 'secrets', 'Secret', { type: 'Opaque' })),
        refused(
          plain.make('v1', 'secrets', 'Secret', { type }, { annotations }),
          { type },
          /Secrets must not hold ServiceAccount tokens/,
        ),
      ],
    ),
    trialCheck(
      { id: 'withhold-account-tokens', title: 'ServiceAccounts mount no token by default', area: 'access' },
      [
        control(plain.make('v1', 'serviceaccounts', 'ServiceAccount', { automountServiceAccountToken: false })),
        changed(plain.make('v1', 'serviceaccounts', 'ServiceAccount', {}), null, (account) =>
          account['automountServiceAccountToken'] === false ? null : 'It would mount its token into every pod.',
        ),
      ],
      tenant.plan.spec.network.kubeApi ? 'The plan gives pods access to the Kubernetes API.' : cannot,
    ),
  ];
}
