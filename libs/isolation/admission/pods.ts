import { type KubernetesObject } from '../kubernetes-object.js';
import {
  NODE_POOL_ANNOTATION,
  NODE_POOL_KEY,
  parameter,
  PRIORITY_CLASSES_ANNOTATION,
  REGISTRIES_ANNOTATION,
  REQUIRE_DIGEST_ANNOTATION,
  RUNTIME_CLASS_ANNOTATION,
} from './parameters.js';
import { mutating, validating, type Validation } from './policy.js';

/** A pod has no more containers than this that are given defaults; further ones must state everything. */
const CONTAINERS = Array.from({ length: 20 }, (_, index) => index);

const images: Validation[] = [
  {
    expression:
      `${parameter(REGISTRIES_ANNOTATION)} == '' || variables.images.all(image, ` +
      `${parameter(REGISTRIES_ANNOTATION)}.split(',').exists(registry, image.startsWith(registry)))`,
    message: 'The plan does not allow images of this registry.',
  },
  {
    expression: `${parameter(REQUIRE_DIGEST_ANNOTATION)} != 'true' || variables.images.all(image, image.contains('@sha256:'))`,
    message: 'The plan demands images by digest.',
  },
];

const scheduling: Validation[] = [
  {
    // A node's name passes by the scheduler and by taints.
    expression: "request.operation != 'CREATE' || object.spec.?nodeName.orValue('') == ''",
    message: 'Pods choose no node.',
  },
  {
    expression: "object.spec.?schedulerName.orValue('default-scheduler') == 'default-scheduler'",
    message: 'Pods choose no scheduler.',
  },
  {
    expression:
      "object.spec.?priorityClassName.orValue('') == '' || " +
      `object.spec.priorityClassName in ${parameter(PRIORITY_CLASSES_ANNOTATION)}.split(',')`,
    message: 'The plan does not allow this PriorityClass.',
  },
  {
    expression: `object.spec.?runtimeClassName.orValue('') == ${parameter(RUNTIME_CLASS_ANNOTATION)}`,
    message: 'Pods run in the RuntimeClass of the plan.',
  },
  {
    // The cluster itself gives pods tolerations of conditions of nodes, those of DaemonSets above all.
    expression:
      "object.spec.?tolerations.orValue([]).all(t, t.?key.orValue('').startsWith('node.kubernetes.io/') || " +
      `(t.?key.orValue('') == '${NODE_POOL_KEY}' && t.?operator.orValue('Equal') == 'Equal' && ` +
      `t.?value.orValue('') != '' && t.?value.orValue('') == ${parameter(NODE_POOL_ANNOTATION)}))`,
    message: 'Pods tolerate only conditions of nodes and the taint of their own pool.',
  },
  {
    expression:
      `${parameter(NODE_POOL_ANNOTATION)} == '' || ` +
      `object.spec.?nodeSelector[?'${NODE_POOL_KEY}'].orValue('') == ${parameter(NODE_POOL_ANNOTATION)}`,
    message: 'Pods run on the nodes of the plan’s pool.',
  },
];

const tokens: Validation = {
  // With a token of such an audience a pod could get the certificate of another identity of the mesh.
  expression:
    'object.spec.?volumes.orValue([]).all(v, v.?projected.?sources.orValue([]).all(s, ' +
    "!(s.?serviceAccountToken.?audience.orValue('') in ['istio-ca', 'api'])))",
  message: 'Tokens of this audience are the cluster’s.',
};

/** Pods, whoever makes them: most are made by controllers from what a tenant wrote. */
export function checkPods(): KubernetesObject[] {
  const named = (list: string): string => `object.spec.?${list}.orValue([]).map(c, c.image)`;
  const volumes = "object.spec.?volumes.orValue([]).filter(v, has(v.image)).map(v, v.image.?reference.orValue(''))";
  const lists = [...['containers', 'initContainers', 'ephemeralContainers'].map(named), volumes];
  return validating(
    {
      name: 'bulkhead-pods',
      rules: [{ apiGroups: [''], resources: ['pods', 'pods/ephemeralcontainers'], operations: ['CREATE', 'UPDATE'] }],
      // Pods that ran before a plan changed must be able to end.
      conditions: [
        { name: 'spec-changes', expression: "request.operation == 'CREATE' || object.spec != oldObject.spec" },
      ],
      variables: [{ name: 'images', expression: lists.join(' + ') }],
    },
    [...images, ...scheduling, tokens],
  );
}

/**
 * Fills in what the Pod Security Standard "restricted" demands and pods leave out, has images pulled with the pod's
 * own credentials every time (MTB-PL1-CC-DI-1), and sends pods to the plan's RuntimeClass and nodes.
 */
export function defaultPods(): KubernetesObject[] {
  const isRestricted =
    "namespaceObject.metadata.labels[?'pod-security.kubernetes.io/enforce'].orValue('') == 'restricted'";
  const each = (list: string, where: string, patch: string): string =>
    `[${CONTAINERS.join(', ')}].filter(i, i < object.spec.?${list}.orValue([]).size() && ${where}).map(i, ${patch})`;
  const path = (list: string, rest: string): string => `'/spec/${list}/' + string(i) + '${rest}'`;
  const forLists = (expression: (list: string, c: string) => string): string[] =>
    ['containers', 'initContainers'].map((list) => expression(list, `object.spec.${list}[i]`));
  const add = (where: string, value: string): string => `JSONPatch{op: 'add', path: ${where}, value: ${value}}`;
  const when = (condition: string, patch: string): string => `${condition} ? [${patch}] : []`;
  const drop = "{'drop': ['ALL']}";
  const pool = parameter(NODE_POOL_ANNOTATION);
  const runtime = parameter(RUNTIME_CLASS_ANNOTATION);
  return mutating(
    {
      name: 'bulkhead-pod-defaults',
      rules: [{ apiGroups: [''], resources: ['pods'], operations: ['CREATE'] }],
      conditions: [],
    },
    [
      ...forLists((list) => each(list, 'true', add(path(list, '/imagePullPolicy'), "'Always'"))),
      ...forLists((list, c) =>
        each(
          list,
          `${isRestricted} && !has(${c}.securityContext)`,
          add(path(list, '/securityContext'), `{'capabilities': ${drop}}`),
        ),
      ),
      ...forLists((list, c) =>
        each(
          list,
          `${isRestricted} && has(${c}.securityContext) && !has(${c}.securityContext.capabilities)`,
          add(path(list, '/securityContext/capabilities'), drop),
        ),
      ),
      when(
        `${isRestricted} && !has(object.spec.securityContext)`,
        add("'/spec/securityContext'", "{'seccompProfile': {'type': 'RuntimeDefault'}}"),
      ),
      when(
        `${isRestricted} && has(object.spec.securityContext) && !has(object.spec.securityContext.seccompProfile)`,
        add("'/spec/securityContext/seccompProfile'", "{'type': 'RuntimeDefault'}"),
      ),
      when(`${runtime} != '' && !has(object.spec.runtimeClassName)`, add("'/spec/runtimeClassName'", runtime)),
      when(`${pool} != '' && !has(object.spec.nodeSelector)`, add("'/spec/nodeSelector'", '{}')),
      when(
        `${pool} != '' && !('${NODE_POOL_KEY}' in object.spec.nodeSelector)`,
        add(`'/spec/nodeSelector/' + jsonpatch.escapeKey('${NODE_POOL_KEY}')`, pool),
      ),
      when(`${pool} != '' && !has(object.spec.tolerations)`, add("'/spec/tolerations'", '[]')),
      when(
        `${pool} != '' && !object.spec.?tolerations.orValue([]).exists(t, t.?key.orValue('') == '${NODE_POOL_KEY}')`,
        add("'/spec/tolerations/-'", `{'key': '${NODE_POOL_KEY}', 'operator': 'Equal', 'value': ${pool}}`),
      ),
    ],
  );
}
