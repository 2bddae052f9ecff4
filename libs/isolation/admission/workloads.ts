import { whenSpecChanges } from './contents.js';
import { type BaselinePart } from './joined-policy.js';
import { MAX_REPLICAS_ANNOTATION, parameter } from './parameters.js';

/**
 * Keeps workloads within the plan's replica limit, whether scaled directly or by an autoscaler: its writes are checked
 * here too.
 */
export function checkReplicas(): BaselinePart {
  const operations = ['CREATE', 'UPDATE'] as const;
  const scalable = ['deployments', 'replicasets', 'statefulsets'].flatMap((name) => [name, `${name}/scale`]);
  return {
    name: 'replicas',
    rules: [
      { apiGroups: ['apps'], resources: scalable, operations },
      { apiGroups: [''], resources: ['replicationcontrollers', 'replicationcontrollers/scale'], operations },
      { apiGroups: ['autoscaling'], resources: ['horizontalpodautoscalers'], operations },
    ],
    conditions: [whenSpecChanges],
    validations: [
      {
        expression:
          `${parameter(MAX_REPLICAS_ANNOTATION)} == '' || ` +
          'object.?spec.?maxReplicas.orValue(object.?spec.?replicas.orValue(1)) <= ' +
          `int(${parameter(MAX_REPLICAS_ANNOTATION)})`,
        message: 'The plan does not allow this many replicas.',
      },
    ],
  };
}

/** Old versions that a workload may keep; Kubernetes keeps ten by default. */
const MOST_REVISIONS = 20;

/** Each change of a template keeps a copy of it, in ControllerRevisions or ReplicaSets that fill the cluster's database. */
export function checkRevisions(): BaselinePart {
  return {
    name: 'revisions',
    rules: [
      {
        apiGroups: ['apps'],
        resources: ['daemonsets', 'deployments', 'statefulsets'],
        operations: ['CREATE', 'UPDATE'],
      },
    ],
    conditions: [whenSpecChanges],
    validations: [
      {
        expression: `object.spec.?revisionHistoryLimit.orValue(10) <= ${MOST_REVISIONS}`,
        message: `Workloads can keep at most ${MOST_REVISIONS} old revisions: set a lower revisionHistoryLimit.`,
      },
    ],
  };
}
