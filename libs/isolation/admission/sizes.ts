import { notTheImpersonatedDeployer } from './exemptions.js';
import { type BaselinePart } from './joined-policy.js';

const KIB = 1024;
/** Kubernetes allows 1 MiB. */
const MOST_OF_DATA = 512 * KIB;
/**
 * CEL: a release of Helm, which cannot be divided. It may be as large as Kubernetes allows any Secret to be, and a plan's
 * number of Secrets bounds how many there are.
 */
const isRelease = "(variables.holdsData && object.?type.orValue('') == 'helm.sh/release.v1')";
/** What the worker reads whole, and keeps for a while. */
const MOST_OF_READ = 32 * KIB;
/** Workloads above all: every change of a template is kept as a copy, hundreds of times. */
const MOST_OF_OTHERS = 128 * KIB;
/** Each manager adds a list of all fields to the object (KEP-555). The API server itself merges updates, but not applies. */
const MOST_MANAGERS = 64;

/**
 * CEL: the bytes of an object as a text, without its managed fields. A request does not say how long it is. A walk over
 * all values in CEL costs milliseconds, and this tenths of one.
 */
const size =
  "bytes('%s'.format([object.map(k, k != 'metadata' ? dyn(object[k]) : " +
  "dyn(object.metadata.map(m, m == 'managedFields' ? dyn('') : dyn(object.metadata[m]))))])).size()";

/** CEL: an update that changes nothing but finalizers, which must get through however large an object was before. */
const isKept =
  "(request.operation == 'UPDATE' && object.all(k, k == 'metadata' || (k in oldObject && object[k] == oldObject[k])) && " +
  ['labels', 'annotations', 'ownerReferences']
    .map((field) => `object.metadata.?${field} == oldObject.metadata.?${field}`)
    .join(' && ') +
  ' && object.metadata.?finalizers.orValue([]).size() <= oldObject.metadata.?finalizers.orValue([]).size())';

const managers = (of: string): string => `${of}.?metadata.?managedFields.orValue([]).size()`;

const groups = {
  '': ['services', 'serviceaccounts'],
  'rbac.authorization.k8s.io': ['roles', 'rolebindings'],
  'networking.k8s.io': ['networkpolicies', 'ingresses'],
  'gateway.networking.k8s.io': ['httproutes', 'grpcroutes'],
};
const isOneOf = (group: string, resources: readonly string[]): string =>
  `(request.resource.group == '${group}' && ` +
  `request.resource.resource in [${resources.map((name) => `'${name}'`).join(', ')}])`;

/**
 * Bounds the size of objects: a quota counts objects, not their bytes, so that one tenant could fill the database of the
 * cluster, and the memory of everybody who reads its objects.
 */
export function checkSizes(): BaselinePart {
  const within = (bytes: number): string => `variables.size <= ${bytes} || ${isKept}`;
  const message = (what: string, bytes: number): string => `${what} must not be larger than ${bytes / KIB} KiB`;
  return {
    name: 'sizes',
    rules: [{ apiGroups: ['*'], resources: ['*/*'], operations: ['CREATE', 'UPDATE'] }],
    conditions: [notTheImpersonatedDeployer],
    variables: [
      { name: 'size', expression: size },
      { name: 'holdsData', expression: isOneOf('', ['configmaps', 'secrets']) },
      {
        name: 'mayBeRead',
        expression: Object.entries(groups)
          .map(([group, resources]) => isOneOf(group, resources))
          .join(' || '),
      },
    ],
    validations: [
      {
        expression: `${within(MOST_OF_DATA)} || ${isRelease}`,
        message: `${message('Objects', MOST_OF_DATA)}, releases of Helm excepted.`,
      },
      {
        expression: `variables.holdsData || ${within(MOST_OF_OTHERS)}`,
        message: `${message('Objects of this kind', MOST_OF_OTHERS)}: put large contents into an image, a volume or a ConfigMap.`,
      },
      {
        expression: `!variables.mayBeRead || ${within(MOST_OF_READ)}`,
        message: `${message('Objects of this kind', MOST_OF_READ)}.`,
      },
      {
        expression: `${managers('object')} <= ${MOST_MANAGERS} || (request.operation == 'UPDATE' && ${managers('object')} <= ${managers('oldObject')})`,
        message: `Objects can have at most ${MOST_MANAGERS} field managers.`,
      },
    ],
  };
}
