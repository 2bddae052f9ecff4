import {
  NODE_POOL_ANNOTATION,
  NODE_POOL_KEY,
  parameter,
  PRIORITY_CLASSES_ANNOTATION,
  RUNTIME_CLASS_ANNOTATION,
} from './parameters.js';
import { byController } from './exemptions.js';
import { type Validation } from './policy.js';

const affinity = 'object.spec.?affinity.?nodeAffinity';
const nodeTerms =
  `${affinity}.?requiredDuringSchedulingIgnoredDuringExecution.?nodeSelectorTerms.orValue([]) + ` +
  `${affinity}.?preferredDuringSchedulingIgnoredDuringExecution.orValue([]).map(p, p.preference)`;

/** CEL: the pod was made by the controller of DaemonSets, which binds each of its pods to a node by affinity. */
const ofDaemonSet =
  `(${byController} && object.metadata.?ownerReferences.orValue([]).exists(o, ` +
  "o.kind == 'DaemonSet' && o.apiVersion == 'apps/v1' && o.?controller.orValue(false)))";

const quoted = (names: readonly string[]): string => names.map((name) => `'node.kubernetes.io/${name}'`).join(', ');
/** Added to any pod by the API server or the node controller (kubernetes.io, Taints and Tolerations). */
const conditions = quoted(['not-ready', 'unreachable', 'memory-pressure']);
const daemonSetConditions = quoted(['disk-pressure', 'pid-pressure', 'unschedulable', 'network-unavailable']);

/** Labels of nodes that are not for tenants, and the label by which a pod would choose one node. */
const reserved = (key: string): string =>
  `(${key}.startsWith('node-role.kubernetes.io/') || ${key}.startsWith('node.kubernetes.io/exclude-') || ` +
  `${key} == 'kubernetes.io/hostname')`;

/** Where pods may run, and beside whom. */
export function scheduling(defaultPriorityClass = ''): Validation[] {
  return [
    {
      // A node name bypasses the scheduler and taints.
      expression: "request.operation != 'CREATE' || object.spec.?nodeName.orValue('') == ''",
      message: 'Pods must not choose a node.',
    },
    {
      expression:
        `object.spec.?nodeSelector.orValue({}).all(key, !${reserved('key')}) && ` +
        `(${ofDaemonSet} || (${nodeTerms}).all(t, t.?matchFields.orValue([]).size() == 0)) && ` +
        `(${nodeTerms}).all(t, t.?matchExpressions.orValue([]).all(e, !${reserved('e.key')} || ` +
        "e.operator in ['NotIn', 'DoesNotExist']))",
      message: 'Pods must not choose a node by its name or role.',
    },
    {
      expression: "object.spec.?schedulerName.orValue('default-scheduler') == 'default-scheduler'",
      message: 'Pods must not choose a scheduler.',
    },
    {
      // Pods of the cluster's own classes, which any namespace can name, would evict all others from the nodes.
      expression:
        `object.spec.?priorityClassName.orValue('') in ['', '${defaultPriorityClass}'] || ` +
        `object.spec.priorityClassName in ${parameter(PRIORITY_CLASSES_ANNOTATION)}.split(',')`,
      message: 'The plan does not allow this PriorityClass.',
    },
    {
      expression: `object.spec.?runtimeClassName.orValue('') == ${parameter(RUNTIME_CLASS_ANNOTATION)}`,
      message: 'Pods must use the RuntimeClass of the plan.',
    },
    {
      // The cluster itself adds tolerations of node conditions to pods; of cordoned nodes to those of DaemonSets only.
      expression:
        `object.spec.?tolerations.orValue([]).all(t, t.?key.orValue('') in [${conditions}] || ` +
        `(${ofDaemonSet} && t.?key.orValue('') in [${daemonSetConditions}]) || ` +
        `(t.?key.orValue('') == '${NODE_POOL_KEY}' && t.?operator.orValue('Equal') == 'Equal' && ` +
        `t.?value.orValue('') != '' && t.?value.orValue('') == ${parameter(NODE_POOL_ANNOTATION)}))`,
      message: 'Pods can tolerate only node conditions and the taint of their own pool.',
    },
    {
      expression:
        `${parameter(NODE_POOL_ANNOTATION)} == '' || ` +
        `object.spec.?nodeSelector[?'${NODE_POOL_KEY}'].orValue('') == ${parameter(NODE_POOL_ANNOTATION)}`,
      message: 'Pods must run on the nodes of the plan’s pool.',
    },
    {
      // The taint keeps them off the nodes of other pools, unless it was forgotten on a node.
      expression:
        `${parameter(NODE_POOL_ANNOTATION)} != '' || (!('${NODE_POOL_KEY}' in object.spec.?nodeSelector.orValue({})) && ` +
        `!(${nodeTerms}).exists(t, t.?matchExpressions.orValue([]).exists(e, e.key == '${NODE_POOL_KEY}')))`,
      message: 'Pods must not ask for nodes of a pool: the plan has none.',
    },
  ];
}

const podTerms = ['podAffinity', 'podAntiAffinity'].map((kind) => {
  const terms = `object.spec.?affinity.?${kind}`;
  return (
    `${terms}.?requiredDuringSchedulingIgnoredDuringExecution.orValue([]) + ` +
    `${terms}.?preferredDuringSchedulingIgnoredDuringExecution.orValue([]).map(p, p.podAffinityTerm)`
  );
});

export const neighbours: Validation = {
  // (Anti-)affinity to pods of other tenants could keep them off a node (kubernetes.io, Resource Quotas, cross-namespace
  // pod affinity).
  expression: `(${podTerms.join(' + ')}).all(t, t.?namespaces.orValue([]).size() == 0 && !has(t.namespaceSelector))`,
  message: 'Pods must not ask for the company or the absence of pods of other namespaces.',
};
