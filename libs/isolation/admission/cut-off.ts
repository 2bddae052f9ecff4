import { type KubernetesObject } from '../model/kubernetes-object.js';
import { type TenantEnvironment } from '../model/tenant-input.js';
import { clusterRoleNames } from '../rbac/cluster-roles.js';
import { isProver, notTheImpersonatedDeployer } from './exemptions.js';
import { type BaselinePart } from './joined-policy.js';
import { CUT_OFF_ANNOTATION, parameter } from './parameters.js';
import { write } from './policy.js';

const CANARY = 'bulkhead-cut-off';
export const CUT_OFF_MESSAGE =
  'The tenant is suspended or quarantined: nothing that runs or gives access can be written.';

/**
 * Keeps everybody but the platform from writing what runs, gives access or opens traffic in a namespace that is cut off.
 * Otherwise a member who still has access when a hold begins could restore it faster than it is withdrawn.
 */
export function restrictCutOffNamespaces(): BaselinePart {
  const same = ['spec', 'subjects', 'roleRef', 'rules', 'template']
    .map((field) => `object.?${field} == oldObject.?${field}`)
    .join(' && ');
  return {
    name: 'cut-off',
    rules: [
      write('rbac.authorization.k8s.io', 'rolebindings', 'roles'),
      write('networking.k8s.io', 'networkpolicies', 'ingresses'),
      write('apps', 'daemonsets', 'deployments', 'replicasets', 'statefulsets'),
      write('apps', 'deployments/scale', 'replicasets/scale', 'statefulsets/scale'),
      write('batch', 'cronjobs', 'jobs'),
      write('autoscaling', 'horizontalpodautoscalers'),
      write('gateway.networking.k8s.io', 'grpcroutes', 'httproutes', 'tlsroutes'),
      write(
        '',
        'pods',
        'pods/ephemeralcontainers',
        'replicationcontrollers',
        'replicationcontrollers/scale',
        'services',
      ),
      {
        apiGroups: [''],
        resources: ['pods/attach', 'pods/exec', 'pods/portforward', 'pods/proxy', 'services/proxy'],
        operations: ['CONNECT'],
      },
    ],
    conditions: [
      { name: 'cut-off', expression: `${parameter(CUT_OFF_ANNOTATION)} == 'true'` },
      notTheImpersonatedDeployer,
      // Trials show what would be open but for the hold; only the canary must be refused.
      { name: 'not-a-trial', expression: `!${isProver} || object.?metadata.?name.orValue('') == '${CANARY}'` },
    ],
    validations: [
      {
        // An update that changes nothing of these, such as the removal of a finalizer, must get through.
        expression: `request.operation == 'UPDATE' && request.?subResource.orValue('') == '' && ${same}`,
        message: CUT_OFF_MESSAGE,
      },
    ],
  };
}

/** An object that is only ever sent as a dry run of the prover: it is refused once the API server knows of a cut-off. */
export function cutOffCanary({ namespace }: Pick<TenantEnvironment, 'namespace'>): KubernetesObject {
  const apiGroup = 'rbac.authorization.k8s.io';
  return {
    apiVersion: `${apiGroup}/v1`,
    kind: 'RoleBinding',
    metadata: { name: CANARY, namespace },
    roleRef: { apiGroup, kind: 'ClusterRole', name: clusterRoleNames.viewer },
    subjects: [{ apiGroup, kind: 'User', name: CANARY }],
  };
}

/** Reports whether the refusal of a canary is that of a cut-off. */
export const refusesCutOff = (refusal: string): boolean => refusal.includes(CUT_OFF_MESSAGE);
