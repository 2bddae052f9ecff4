import { type Answer, type FailureClass } from './answer.js';

/** Answers that mean the same. */
interface FailureRow {
  name: string;
  from: Answer['from'];
  /** Any code if absent. */
  code?: RegExp;
  /** Any message if absent. Named groups become the names of the failure. */
  message?: RegExp;
  /** Reason of one of the causes. */
  cause?: string;
  class: FailureClass;
  reason: string;
  /** False if absent. */
  isWhole?: boolean;
  /** False if absent. */
  isCertain?: boolean;
}

const WEBHOOK = '"(?<webhook>[^"]+)"';
const ITS_SERVICE = '(?:.*?https?://(?<service>[\\w.-]+)\\.(?<namespace>[\\w-]+)\\.svc\\b)?';

/**
 * Answers of an API server and its admission. Messages are those of Kubernetes 1.30 to 1.36: k8s.io/apiserver, `pkg/util/
 * webhook/error.go`, `pkg/admission/plugin/{policy,webhook,resourcequota,namespace/lifecycle}`, and of apimachinery,
 * `pkg/util/managedfields`. Errors without a status of their own reach clients as 500.
 */
const kubernetes: readonly FailureRow[] = [
  {
    name: 'namespace-terminating',
    from: 'kubernetes',
    code: /^(403|409)$/,
    cause: 'NamespaceTerminating',
    class: 'wait',
    reason: 'NamespaceTerminating',
  },
  {
    name: 'namespace-terminating',
    from: 'kubernetes',
    code: /^(403|409)$/,
    message: /because it is being terminated$/,
    class: 'wait',
    reason: 'NamespaceTerminating',
  },
  {
    name: 'webhook-unreachable',
    from: 'kubernetes',
    message: new RegExp(`failed calling webhook ${WEBHOOK}${ITS_SERVICE}`, 's'),
    class: 'wait',
    reason: 'WebhookUnavailable',
  },
  {
    name: 'webhook-unreachable',
    from: 'kubernetes',
    message: new RegExp(`conversion webhook for (?<webhook>.+?) (?:failed|returned)\\b${ITS_SERVICE}`, 's'),
    class: 'wait',
    reason: 'WebhookUnavailable',
  },
  {
    // A webhook that answers "no" because it failed itself.
    name: 'webhook-failed',
    from: 'kubernetes',
    code: /^(408|429|5..)$/,
    message: new RegExp(`admission webhook ${WEBHOOK} denied the request`),
    class: 'wait',
    reason: 'WebhookUnavailable',
  },
  {
    name: 'policy-without-parameters',
    from: 'kubernetes',
    message: /failed to configure (?:policy|binding): /,
    class: 'wait',
    reason: 'AdmissionNotReady',
  },
  {
    // No answer at all, but the lack of one: canaries of a policy are not refused yet.
    name: 'policies-not-in-force',
    from: 'kubernetes',
    code: /^not-in-force$/,
    class: 'wait',
    reason: 'AdmissionNotReady',
  },
  {
    name: 'admission-starting',
    from: 'kubernetes',
    code: /^403$/,
    message: /not yet ready to handle request/,
    class: 'passing',
    reason: 'AdmissionNotReady',
  },
  {
    name: 'access-quota-exceeded',
    from: 'kubernetes',
    code: /^403$/,
    message: /exceeded quota: tenant-quota-access,/,
    class: 'passing',
    reason: 'WriteConflict',
  },
  {
    name: 'quota-lag',
    from: 'kubernetes',
    code: /^403$/,
    message: /status unknown for quota|^resourcequotas ".*exceeded quota/,
    class: 'passing',
    reason: 'WriteConflict',
  },
  {
    // What a plan's workload demands and its tenant is not allowed.
    name: 'refused-to-deployer',
    from: 'kubernetes',
    code: /^403$/,
    message: /User "system:serviceaccount:[^":]+:deployer" cannot \w+ resource "/,
    class: 'final',
    reason: 'WriteRefused',
  },
  {
    name: 'not-authorized',
    from: 'kubernetes',
    code: /^403$/,
    message: /" cannot \w+ resource "/,
    class: 'final',
    reason: 'NotAuthorized',
  },
  {
    // A binding of a role whose rights the worker neither has nor may bind (kubernetes.io, RBAC, privilege escalation).
    name: 'role-not-grantable',
    from: 'kubernetes',
    code: /^403$/,
    message: /attempting to grant RBAC permissions not currently held/,
    class: 'final',
    reason: 'WriteRefused',
  },
  {
    // The API server could not even read the object: no role, policy or quota that arrives later changes that.
    name: 'manifest-invalid',
    from: 'kubernetes',
    code: /^500$/,
    message: /failed to create typed |(?:failed|unable) to convert |field not declared in schema|cannot unmarshal /,
    class: 'final',
    reason: 'WriteRefused',
    isCertain: true,
  },
  {
    name: 'manifest-invalid',
    from: 'kubernetes',
    code: /^400$/,
    message: /strict decoding error|cannot unmarshal |in version "[^"]*" cannot be handled as/,
    class: 'final',
    reason: 'WriteRefused',
    isCertain: true,
  },
  {
    // 401: credentials are being rotated.
    name: 'cluster-unavailable',
    from: 'kubernetes',
    code: /^(none|401|429|5..)$/,
    class: 'passing',
    reason: 'ClusterUnreachable',
    isWhole: true,
  },
  {
    // 404: the namespace vanished during the pass, and the next one recreates it. 410: a list or version is too old.
    name: 'conflict',
    from: 'kubernetes',
    code: /^(404|408|409|410)$/,
    class: 'passing',
    reason: 'WriteConflict',
  },
  { name: 'refused', from: 'kubernetes', code: /^[34]..$/, class: 'final', reason: 'WriteRefused' },
];

const gatekeeper: readonly FailureRow[] = [
  { name: 'gatekeeper-silent', from: 'gatekeeper', code: /^none$/, class: 'wait', reason: 'AdmissionNotReady' },
  { name: 'gatekeeper-refused', from: 'gatekeeper', class: 'final', reason: 'WriteRefused' },
];

/** Codes of sockets and of name resolution. */
const SOCKET = 'ECONNREFUSED|ECONNRESET|ENOTFOUND|EAI_AGAIN|ETIMEDOUT|EPIPE|EHOSTUNREACH|ENETUNREACH';

/** Answers of Postgres by SQLSTATE (PostgreSQL, appendix A), and the errors of its client without one. */
const postgres: readonly FailureRow[] = [
  {
    // 08: connection exception, 57P0x: shut down or starting, 53: no resources, such as connections, 25P03: idle in a
    // transaction for too long. TypeORM releases a broken connection, so the next statement of its transaction finds none.
    name: 'database-unavailable',
    from: 'postgres',
    code: new RegExp(`^(08...|57P0.|53...|25P03|${SOCKET})$`),
    class: 'passing',
    reason: 'DependencyUnavailable',
    isWhole: true,
  },
  {
    name: 'database-unavailable',
    from: 'postgres',
    message:
      /^(Connection terminated|timeout exceeded when trying to connect|Client (has encountered a conn|was closed)|Query runner already released)/,
    class: 'passing',
    reason: 'DependencyUnavailable',
    isWhole: true,
  },
  {
    // 57014: canceled by statement_timeout. The client's own limit ends a statement that a dead server never answers.
    name: 'statement-timeout',
    from: 'postgres',
    code: /^57014$/,
    class: 'passing',
    reason: 'DependencyUnavailable',
  },
  {
    name: 'statement-timeout',
    from: 'postgres',
    message: /^Query read timeout$/,
    class: 'passing',
    reason: 'DependencyUnavailable',
  },
  {
    // 40001: not serializable, 40P01: deadlock, 55P03: lock not available in time.
    name: 'transaction-conflict',
    from: 'postgres',
    code: /^(40001|40P01|55P03)$/,
    class: 'passing',
    reason: 'DependencyUnavailable',
  },
  {
    // A prepared statement that selects `*`, after a migration. The connection prepares it again the next time.
    name: 'stale-plan',
    from: 'postgres',
    code: /^0A000$/,
    message: /cached plan must not change result type/,
    class: 'passing',
    reason: 'DependencyUnavailable',
  },
  {
    // A NUL character (22021 in text, 22P05 in jsonb) or an unpaired surrogate (22P02 in jsonb).
    name: 'text-unstorable',
    from: 'postgres',
    code: /^(22021|22P05|22P02)$/,
    class: 'final',
    reason: 'InternalError',
  },
  // Class 23 is a constraint: those that callers can violate become problems where they are violated, and no other should
  // be. Class 42 and other features that are not supported (0A000): a defect.
];

const queue: readonly FailureRow[] = [
  {
    // Undefined table, schema, function, type: the schema of the queue was dropped, and is created again.
    name: 'queue-schema-gone',
    from: 'queue',
    code: /^(42P01|3F000|42883|42704)$/,
    class: 'passing',
    reason: 'DependencyUnavailable',
  },
  { name: 'queue-unavailable', from: 'queue', class: 'passing', reason: 'DependencyUnavailable', isWhole: true },
];

/** All answers that Bulkhead knows how to take. The first row that matches an answer decides. */
export const failureTable: readonly FailureRow[] = [...kubernetes, ...gatekeeper, ...postgres, ...queue];
