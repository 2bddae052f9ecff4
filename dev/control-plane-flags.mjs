import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** The command line of etcd. */
export function etcdArguments({ dir, ports, unsafeNoFsync }) {
  const client = `http://127.0.0.1:${ports.etcd}`;
  const peer = `http://127.0.0.1:${ports.etcdPeer}`;
  return [
    ...['--name', 'bulkhead-dev', '--data-dir', join(dir, 'etcd'), '--log-level', 'warn'],
    ...['--listen-client-urls', client, '--advertise-client-urls', client],
    ...['--listen-peer-urls', peer, '--initial-advertise-peer-urls', peer],
    ...['--initial-cluster', `bulkhead-dev=${peer}`],
    ...(unsafeNoFsync ? ['--unsafe-no-fsync'] : []),
  ];
}

/** The command line of kube-apiserver. */
export function apiServerArguments(plane) {
  return [
    ...['--secure-port', String(plane.ports.api), '--bind-address', '127.0.0.1', '--advertise-address', '127.0.0.1'],
    ...['--cert-dir', join(plane.dir, 'certificates'), '--etcd-servers', `http://127.0.0.1:${plane.ports.etcd}`],
    ...['--service-account-key-file', plane.serviceAccountKeyFile],
    ...['--service-account-signing-key-file', plane.serviceAccountKeyFile],
    ...['--service-account-issuer', 'https://kubernetes.default.svc'],
    ...['--service-cluster-ip-range', '10.0.0.0/16', '--endpoint-reconciler-type', 'none'],
    ...['--token-auth-file', plane.tokenFile, '--authorization-mode', 'RBAC'],
    // Otherwise it refuses privileged pods by itself, and a test of pod security would pass for nothing.
    '--allow-privileged',
    // Without it a stop waits for every client that watches, up to a minute.
    ...['--shutdown-watch-termination-grace-period', '1s'],
    ...(plane.auditLog ? auditArguments(plane) : []),
    ...plane.apiServerFlags,
  ];
}

function auditArguments({ auditPolicyFile, auditLogFile }) {
  return [
    ...['--audit-policy-file', auditPolicyFile, '--audit-log-path', auditLogFile],
    // Written before the request is answered, so a test that counts requests sees all of them; and never begun anew, which
    // a test that counts at that moment would take for fewer.
    ...['--audit-log-mode', 'blocking', '--audit-log-maxsize', '10000'],
  ];
}

/** The command line of kube-controller-manager. */
export function controllerManagerArguments(plane) {
  return [
    ...['--kubeconfig', plane.controllerManagerKubeconfig],
    ...['--service-account-private-key-file', plane.serviceAccountKeyFile, '--root-ca-file', plane.certificateFile],
    ...['--leader-elect=false', '--secure-port', '0'],
    // Its own limits would make a benchmark measure them.
    ...['--kube-api-qps', '1000', '--kube-api-burst', '2000'],
    // A namespace takes five seconds to end, most of it waiting; by default ten at a time do.
    ...['--concurrent-namespace-syncs', '50'],
  ];
}

/** An audit policy that records who wrote what, without the contents, once for each request. */
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
