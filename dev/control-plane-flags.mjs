import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Addresses of Services. */
export const serviceCidr = '10.0.0.0/16';

/** Returns the command line of etcd. */
export function etcdArguments({ dir, ports, unsafeNoFsync }) {
  const client = `http://127.0.0.1:${ports.etcd}`;
  const peer = `http://127.0.0.1:${ports.etcdPeer}`;
  return [
    '--name',
    'bulkhead-dev',
    '--data-dir',
    join(dir, 'etcd'),
    '--log-level',
    'warn',
    '--listen-client-urls',
    client,
    '--advertise-client-urls',
    client,
    '--listen-peer-urls',
    peer,
    '--initial-advertise-peer-urls',
    peer,
    '--initial-cluster',
    `bulkhead-dev=${peer}`,
    ...(unsafeNoFsync ? ['--unsafe-no-fsync'] : []),
  ];
}

/** Returns the command line of kube-apiserver. */
export function apiServerArguments(plane) {
  return [
    '--secure-port',
    String(plane.ports.api),
    '--bind-address',
    '127.0.0.1',
    '--advertise-address',
    '127.0.0.1',
    '--cert-dir',
    join(plane.dir, 'certificates'),
    '--etcd-servers',
    `http://127.0.0.1:${plane.ports.etcd}`,
    '--service-account-key-file',
    plane.serviceAccountKeyFile,
    '--service-account-signing-key-file',
    plane.serviceAccountKeyFile,
    '--service-account-issuer',
    'https://kubernetes.default.svc',
    // Like managed clusters, it also accepts tokens for an audience with a name of its own.
    '--api-audiences',
    'https://kubernetes.default.svc,bulkhead-dev',
    '--service-cluster-ip-range',
    serviceCidr,
    '--endpoint-reconciler-type',
    'none',
    '--token-auth-file',
    plane.tokenFile,
    '--authorization-mode',
    'RBAC',
    // Otherwise it refuses privileged pods anyway, and a test of pod security would pass without proving anything.
    '--allow-privileged',
    // Without it a stop waits for every watching client, up to a minute.
    '--shutdown-watch-termination-grace-period',
    '1s',
    ...(plane.auditLog ? auditArguments(plane) : []),
    ...plane.apiServerFlags,
  ];
}

function auditArguments({ auditPolicyFile, auditLogFile }) {
  return [
    '--audit-policy-file',
    auditPolicyFile,
    '--audit-log-path',
    auditLogFile,
    // Written before the request is answered, so that a test that counts requests sees all of them; and never rotated,
    // which such a test would see as fewer requests.
    '--audit-log-mode',
    'blocking',
    '--audit-log-maxsize',
    '10000',
  ];
}

/** Returns the command line of kube-controller-manager. */
export function controllerManagerArguments(plane) {
  return [
    '--kubeconfig',
    plane.controllerManagerKubeconfig,
    '--service-account-private-key-file',
    plane.serviceAccountKeyFile,
    '--root-ca-file',
    plane.certificateFile,
    '--leader-elect=false',
    '--secure-port',
    '0',
    ...(plane.liftedLimits ? liftedLimits : []),
  ];
}

/**
 * Where the controllers' own pace must not count: Kubernetes allows each 20 requests a second, and removes ten
 * namespaces at a time.
 */
const liftedLimits = ['--kube-api-qps', '1000', '--kube-api-burst', '2000', '--concurrent-namespace-syncs', '50'];

/** Writes an audit policy that records who wrote what, without contents, once per request. */
export function writeAuditPolicy(path) {
  writeFileSync(
    path,
    `apiVersion: audit.k8s.io/v1
kind: Policy
omitStages: [RequestReceived, ResponseStarted]
rules:
  - level: Metadata
    verbs: [create, update, patch, delete, deletecollection]
  - level: None
`,
    { mode: 0o600 },
  );
}
