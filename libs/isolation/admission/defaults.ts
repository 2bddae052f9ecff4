import { type KubernetesObject } from '../model/kubernetes-object.js';
import { MANAGED_BY, MANAGED_BY_LABEL, TENANT_ID_LABEL, TENANT_LABEL } from '../model/labels.js';
import {
  API_TOKENS_ANNOTATION,
  NODE_POOL_ANNOTATION,
  NODE_POOL_KEY,
  parameter,
  RUNTIME_CLASS_ANNOTATION,
  USER_NAMESPACES_ANNOTATION,
} from './parameters.js';
import { mutating, type Variable } from './policy.js';

/** How many containers and volumes of a list get defaults; further ones must state everything. */
const MOST = 20;

const add = (where: string, value: string): string => `JSONPatch{op: 'add', path: ${where}, value: ${value}}`;
const when = (condition: string, patch: string): string => `${condition} ? [${patch}] : []`;

const tenant = `namespaceObject.metadata.labels['${TENANT_ID_LABEL}']`;
const stamps = [
  when('!has(object.metadata.labels)', add("'/metadata/labels'", `{'${TENANT_LABEL}': ${tenant}}`)),
  when(
    `has(object.metadata.labels) && object.metadata.labels[?'${TENANT_LABEL}'].orValue('') != ${tenant}`,
    add(`'/metadata/labels/' + jsonpatch.escapeKey('${TENANT_LABEL}')`, tenant),
  ),
];

/** Pods of Windows must not have these fields (Pod Security Standards, "restricted"). */
const restricted: Variable = {
  name: 'isRestricted',
  expression:
    "namespaceObject.metadata.labels[?'pod-security.kubernetes.io/enforce'].orValue('') == 'restricted' && " +
    "object.spec.?os.?name.orValue('') != 'windows'",
};
const isRestricted = 'variables.isRestricted';

/** The first indexes of a list. CEL cannot count, and to count with a filter costs more than all patches of most pods. */
function indexesOf(list: string): Variable {
  const numbers = (count: number): string => `[${Array.from({ length: count }, (_, index) => index).join(', ')}]`;
  const size = `object.spec.${list}.size()`;
  const known = [1, 2, 3].map((count) => `${size} == ${count} ? ${numbers(count)} : `).join('');
  return {
    name: `${list}Indexes`,
    expression: `!has(object.spec.${list}) ? ${numbers(1)}.filter(i, false) : ${known}${numbers(MOST)}.filter(i, i < ${size})`,
  };
}

const each = (list: string, where: string, patch: string): string =>
  `variables.${list}Indexes.filter(i, ${where}).map(i, ${patch})`;
const path = (list: string, rest: string): string => `'/spec/${list}/' + string(i) + '${rest}'`;

/** Patches for the containers of a list for which a condition on `object.spec.LIST[i]` holds. */
function ofContainers(list: string, where = 'true'): string[] {
  const c = `object.spec.${list}[i]`;
  const drop = "{'drop': ['ALL']}";
  return [
    each(list, where, add(path(list, '/imagePullPolicy'), "'Always'")),
    each(
      list,
      `${where} && ${isRestricted} && !has(${c}.securityContext)`,
      add(path(list, '/securityContext'), `{'capabilities': ${drop}}`),
    ),
    each(
      list,
      `${where} && ${isRestricted} && has(${c}.securityContext) && !has(${c}.securityContext.capabilities)`,
      add(path(list, '/securityContext/capabilities'), drop),
    ),
  ];
}

/** Ephemeral containers that a pod already has cannot be changed. */
function ofNewEphemeralContainers(): string[] {
  const name = 'object.spec.ephemeralContainers[i].name';
  return ofContainers(
    'ephemeralContainers',
    `!oldObject.spec.?ephemeralContainers.orValue([]).exists(c, c.name == ${name})`,
  );
}

/**
 * Fills in fields that the Pod Security Standard "restricted" requires and a pod leaves out, has images pulled with the
 * pod's own credentials every time (MTB-PL1-CC-DI-1), and assigns pods to the plan's RuntimeClass and nodes.
 */
export function defaultPods(): KubernetesObject[] {
  const pool = 'variables.pool';
  const toleration = `{'key': '${NODE_POOL_KEY}', 'operator': 'Equal', 'value': ${pool}}`;
  const runtime = 'variables.runtimeClass';
  const ofPods = [
    ...stamps,
    ...ofContainers('containers'),
    ...ofContainers('initContainers'),
    each('volumes', 'has(object.spec.volumes[i].image)', add(path('volumes', '/image/pullPolicy'), "'Always'")),
    when(
      `${isRestricted} && !has(object.spec.securityContext)`,
      add("'/spec/securityContext'", "{'seccompProfile': {'type': 'RuntimeDefault'}}"),
    ),
    when(
      `${isRestricted} && has(object.spec.securityContext) && !has(object.spec.securityContext.seccompProfile)`,
      add("'/spec/securityContext/seccompProfile'", "{'type': 'RuntimeDefault'}"),
    ),
    when(
      `${parameter(USER_NAMESPACES_ANNOTATION)} == 'true' && !has(object.spec.hostUsers)`,
      add("'/spec/hostUsers'", 'false'),
    ),
    when(`${runtime} != '' && !has(object.spec.runtimeClassName)`, add("'/spec/runtimeClassName'", runtime)),
    when(
      `${pool} != '' && !has(object.spec.nodeSelector)`,
      add("'/spec/nodeSelector'", `{'${NODE_POOL_KEY}': ${pool}}`),
    ),
    when(
      `${pool} != '' && has(object.spec.nodeSelector) && !('${NODE_POOL_KEY}' in object.spec.nodeSelector)`,
      add(`'/spec/nodeSelector/' + jsonpatch.escapeKey('${NODE_POOL_KEY}')`, pool),
    ),
    when(`${pool} != '' && !has(object.spec.tolerations)`, add("'/spec/tolerations'", `[${toleration}]`)),
    when(
      `${pool} != '' && has(object.spec.tolerations) && ` +
        `!object.spec.tolerations.exists(t, t.?key.orValue('') == '${NODE_POOL_KEY}')`,
      add("'/spec/tolerations/-'", toleration),
    ),
  ];
  const all = (patches: readonly string[]): string => patches.map((patch) => `(${patch})`).join(' + ');
  return mutating(
    {
      name: 'bulkhead-pod-defaults',
      rules: [
        { apiGroups: [''], resources: ['pods'], operations: ['CREATE'] },
        { apiGroups: [''], resources: ['pods/ephemeralcontainers'], operations: ['UPDATE'] },
      ],
      conditions: [],
      variables: [
        restricted,
        { name: 'pool', expression: parameter(NODE_POOL_ANNOTATION) },
        { name: 'runtimeClass', expression: parameter(RUNTIME_CLASS_ANNOTATION) },
        ...['containers', 'initContainers', 'ephemeralContainers', 'volumes'].map(indexesOf),
      ],
    },
    [`request.operation == 'CREATE' ? ${all(ofPods)} : ${all(ofNewEphemeralContainers())}`],
  );
}

/**
 * Turns off token mounting on ServiceAccounts that do not set it, unless the plan gives pods access to the Kubernetes
 * API.
 */
export function defaultServiceAccounts(): KubernetesObject[] {
  return mutating(
    {
      name: 'bulkhead-account-defaults',
      rules: [{ apiGroups: [''], resources: ['serviceaccounts'], operations: ['CREATE'] }],
      // A mutation that changes nothing costs the API server as much as one that does.
      conditions: [{ name: 'says-nothing', expression: '!has(object.automountServiceAccountToken)' }],
    },
    [when(`${parameter(API_TOKENS_ANNOTATION)} != 'true'`, add("'/automountServiceAccountToken'", 'false'))],
  );
}

/**
 * Labels billable objects with their tenant, overwriting what their creator set. Pods get the label with their other
 * defaults.
 */
export function stampTenants(): KubernetesObject[] {
  return mutating(
    {
      name: 'bulkhead-tenant-labels',
      rules: [
        {
          apiGroups: [''],
          resources: ['persistentvolumeclaims', 'services'],
          operations: ['CREATE', 'UPDATE'],
        },
      ],
      conditions: [
        {
          // Bulkhead's objects already carry the label, and a pass would remove whatever admission adds to them.
          name: 'not-made-by-bulkhead',
          expression: `object.metadata.?labels[?'${MANAGED_BY_LABEL}'].orValue('') != '${MANAGED_BY}'`,
        },
      ],
    },
    stamps,
  );
}
