type Json = Record<string, unknown>;
type Made = Json & { apiVersion: string; kind: string; metadata: Json };

/** A kind of which an object can have any size. */
export interface Sized {
  make: (name: string, bytes: number) => Made;
  /** About the largest that is admitted, in bytes. */
  allowed: number;
  /** How many a test writes: less than the quotas of the plan `team` that are largest. */
  most: number;
}

const labels = { app: 'large' };
const securityContext = { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } };
const rbac = 'rbac.authorization.k8s.io';

const podOf = (bytes: number): Json => ({
  securityContext: { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } },
  automountServiceAccountToken: false,
  containers: [
    {
      name: 'a',
      image: 'registry.example/a:1',
      env: [{ name: 'LARGE', value: 'x'.repeat(bytes) }],
      resources: { requests: { cpu: '1m', memory: '1Mi' }, limits: { cpu: '10m', memory: '4Mi' } },
      securityContext,
    },
  ],
});
const templateOf = (bytes: number, more: Json = {}): Json => ({
  metadata: { labels },
  spec: { ...podOf(bytes), ...more },
});
const object = (apiVersion: string, kind: string, name: string, more: Json): Made => ({
  apiVersion,
  kind,
  metadata: { name },
  ...more,
});
const workload = (kind: string, more: Json, most: number): Sized => ({
  make: (name, bytes) =>
    object('apps/v1', kind, name, {
      spec: { selector: { matchLabels: labels }, template: templateOf(bytes), ...more },
    }),
  allowed: 120_000,
  most,
});
/** Entries of about fifty bytes. */
const entries = (bytes: number): [string, string][] =>
  Array.from({ length: bytes / 50 }, (_, index) => [`entry-number-${index}`, 'x'.repeat(35)]);

/** Kinds that a developer or administrator of a tenant can write and that a worker reads, or copies. */
export const kindsOfDevelopers = {
  Deployment: workload('Deployment', { replicas: 0, paused: true }, 20),
  ReplicaSet: workload('ReplicaSet', { replicas: 0 }, 100),
  StatefulSet: workload('StatefulSet', { replicas: 0, serviceName: 'large' }, 10),
  DaemonSet: workload('DaemonSet', {}, 8),
  CronJob: {
    make: (name, bytes) => {
      const jobTemplate = { spec: { template: templateOf(bytes, { restartPolicy: 'Never' }) } };
      return object('batch/v1', 'CronJob', name, { spec: { schedule: '0 0 1 1 *', jobTemplate } });
    },
    allowed: 120_000,
    most: 20,
  },
  Job: {
    make: (name, bytes) =>
      object('batch/v1', 'Job', name, {
        spec: { suspend: true, template: templateOf(bytes, { restartPolicy: 'Never' }) },
      }),
    allowed: 120_000,
    most: 40,
  },
  Pod: { make: (name, bytes) => object('v1', 'Pod', name, { spec: podOf(bytes) }), allowed: 120_000, most: 40 },
  Service: {
    make: (name, bytes) =>
      object('v1', 'Service', name, { spec: { ports: [{ port: 80 }], selector: Object.fromEntries(entries(bytes)) } }),
    allowed: 20_000,
    most: 40,
  },
  RoleBinding: {
    make: (name, bytes) =>
      object(`${rbac}/v1`, 'RoleBinding', name, {
        roleRef: { apiGroup: rbac, kind: 'ClusterRole', name: 'bulkhead-tenant-viewer' },
        subjects: entries(bytes).map(([user]) => ({ apiGroup: rbac, kind: 'User', name: user })),
      }),
    allowed: 15_000,
    most: 40,
  },
  NetworkPolicy: {
    make: (name, bytes) =>
      object('networking.k8s.io/v1', 'NetworkPolicy', name, {
        spec: {
          podSelector: {},
          ingress: entries(bytes).map(([key, value]) => ({
            // The client writes `_from` for `from`.
            _from: [{ podSelector: { matchLabels: { [key]: value } } }],
          })),
        },
      }),
    allowed: 10_000,
    most: 40,
  },
} satisfies Record<string, Sized>;
