import { WAYPOINT } from '../mesh/istio-ambient.js';
import { DEPLOYER } from '../rbac/service-account.js';
import { type AdmissionBaseline } from './admission-baseline.js';
import { exemptIstiodGateways } from './exemptions.js';
import { type BaselinePart } from './joined-policy.js';
import { type ResourceRule } from './policy.js';

const creation = (group: string, ...resources: string[]): ResourceRule => ({
  apiGroups: [group],
  resources,
  operations: ['CREATE'],
});

/**
 * Keeps names that Bulkhead has or will have in a tenant's namespaces from being taken: an object that stands in the way
 * has content of its own, some of which never changes. Kinds that tenants cannot write need no rule.
 */
export function reserveNames({ mesh }: Pick<AdmissionBaseline, 'mesh'>): BaselinePart {
  const hasWaypoints = mesh?.kind === 'istio-ambient';
  const name = "object.metadata.?name.orValue('')";
  const isOf = (...resources: string[]): string =>
    `request.resource.resource in [${resources.map((each) => `'${each}'`).join(', ')}]`;
  const accounts = [DEPLOYER, ...(hasWaypoints ? [WAYPOINT] : [])].map((each) => `'${each}'`).join(', ');
  const taken = [
    `(${isOf('rolebindings', 'roles')} && ${name}.startsWith('bulkhead-tenant-'))`,
    `(${isOf('networkpolicies')} && (${name}.startsWith('tenant-') || ${name}.startsWith('link-')))`,
    `(${isOf('httproutes', 'grpcroutes')} && ${name}.startsWith('tenant-'))`,
    `(${isOf('serviceaccounts')} && ${name} in [${accounts}])`,
    // What istiod makes for the Gateway of a waypoint is named after it.
    ...(hasWaypoints ? [`(${isOf('services', 'deployments')} && ${name} == '${WAYPOINT}')`] : []),
  ];
  return {
    name: 'reserved-names',
    rules: [
      creation('', 'serviceaccounts', ...(hasWaypoints ? ['services'] : [])),
      creation('networking.k8s.io', 'networkpolicies'),
      creation('rbac.authorization.k8s.io', 'rolebindings', 'roles'),
      creation('gateway.networking.k8s.io', 'grpcroutes', 'httproutes'),
      ...(hasWaypoints ? [creation('apps', 'deployments')] : []),
    ],
    conditions: exemptIstiodGateways(mesh),
    validations: [
      {
        expression: `!(${taken.join(' || ')})`,
        message: 'This name is reserved for an object of Bulkhead: choose another one.',
      },
    ],
  };
}
