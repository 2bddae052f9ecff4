import { pause } from './statistics.mjs';

/**
 * A fixed set of objects that a platform team would give each tenant, written by a bare loop: twelve, whatever Bulkhead
 * itself renders. Compared with it, a better choice of objects counts as much as a faster engine.
 */
export class ReferenceTenants {
  /** Objects of a tenant. */
  static objectCount = referenceSet('count').length;

  constructor(cluster) {
    this.cluster = cluster;
  }

  /** Applies one tenant's objects (server-side): its namespace, then everything else at once. */
  async apply(slug) {
    const [namespace, ...rest] = referenceSet(slug);
    await this.cluster.apply(namespace);
    await Promise.all(rest.map((object) => this.cluster.apply(object)));
  }

  /** Creates one tenant's objects (POST) in three waves: the namespace, what restricts, what gives access. */
  async create(slug) {
    const [namespace, ...rest] = referenceSet(slug);
    const givesAccess = ({ kind }) => kind === 'RoleBinding';
    await this.cluster.create(namespace);
    await Promise.all(rest.filter((object) => !givesAccess(object)).map((object) => this.#createOnceCounted(object)));
    await Promise.all(rest.filter(givesAccess).map((object) => this.#createOnceCounted(object)));
  }

  async #createOnceCounted(object) {
    for (;;) {
      try {
        return await this.cluster.create(object);
      } catch (error) {
        if (error.status !== 403 || !error.message.includes('status unknown for quota')) throw error;
        await pause(2);
      }
    }
  }
}

/** Returns the objects of one tenant, its namespace first. */
export function referenceSet(slug) {
  const namespace = `ref-${slug}`;
  const labels = { 'reference.example/tenant': slug };
  const object = (apiVersion, kind, name, content) => ({
    apiVersion,
    kind,
    metadata: { name, namespace, labels },
    ...content,
  });
  const policy = (name, spec) => object('networking.k8s.io/v1', 'NetworkPolicy', name, { spec });
  const binding = (name, roleRef, subjects) =>
    object('rbac.authorization.k8s.io/v1', 'RoleBinding', name, {
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', ...roleRef },
      subjects,
    });
  const group = (name) => ({ apiGroup: 'rbac.authorization.k8s.io', kind: 'Group', name: `${slug}:${name}` });
  return [
    {
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: { name: namespace, labels: { ...labels, 'pod-security.kubernetes.io/enforce': 'restricted' } },
    },
    object('v1', 'ResourceQuota', 'tenant', {
      spec: { hard: { 'requests.cpu': '8', 'requests.memory': '16Gi', 'limits.memory': '32Gi', pods: '50' } },
    }),
    object('v1', 'LimitRange', 'tenant', {
      spec: {
        limits: [
          {
            type: 'Container',
            default: { cpu: '500m', memory: '512Mi' },
            defaultRequest: { cpu: '100m', memory: '128Mi' },
          },
        ],
      },
    }),
    object('v1', 'ServiceAccount', 'deployer', { automountServiceAccountToken: false }),
    object('v1', 'ServiceAccount', 'app', { automountServiceAccountToken: false }),
    object('rbac.authorization.k8s.io/v1', 'Role', 'developer', {
      rules: [
        { apiGroups: ['', 'apps', 'batch'], resources: ['*'], verbs: ['get', 'list', 'watch'] },
        {
          apiGroups: ['apps'],
          resources: ['deployments', 'statefulsets'],
          verbs: ['create', 'update', 'patch', 'delete'],
        },
      ],
    }),
    binding('developers', { kind: 'Role', name: 'developer' }, [group('developers')]),
    binding('viewers', { kind: 'ClusterRole', name: 'view' }, [group('viewers')]),
    policy('default-deny', { podSelector: {}, policyTypes: ['Ingress', 'Egress'] }),
    policy('same-namespace', {
      podSelector: {},
      policyTypes: ['Ingress', 'Egress'],
      ingress: [{ from: [{ podSelector: {} }] }],
      egress: [{ to: [{ podSelector: {} }] }],
    }),
    policy('dns', {
      podSelector: {},
      policyTypes: ['Egress'],
      egress: [
        {
          to: [{ namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'kube-system' } } }],
          ports: [
            { protocol: 'UDP', port: 53 },
            { protocol: 'TCP', port: 53 },
          ],
        },
      ],
    }),
    policy('internet', {
      podSelector: {},
      policyTypes: ['Egress'],
      egress: [
        {
          to: [{ ipBlock: { cidr: '0.0.0.0/0', except: ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16'] } }],
          ports: [{ protocol: 'TCP', port: 443 }],
        },
      ],
    }),
  ];
}
