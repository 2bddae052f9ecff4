import { harmlessAnnotations } from './annotations.js';
import { whenSpecOrAnnotationsChange } from './contents.js';
import { type BaselinePart } from './joined-policy.js';
import {
  GATEWAY_ANNOTATION,
  HOSTS_ANNOTATION,
  MAX_ROUTE_RETRIES_ANNOTATION,
  MAX_ROUTE_TIMEOUT_ANNOTATION,
  parameter,
} from './parameters.js';

const GROUP = 'gateway.networking.k8s.io';

/** Allowed filters. Others send requests to unchecked destinations, or are implementation-specific. */
const filterTypes = [
  'RequestHeaderModifier',
  'ResponseHeaderModifier',
  'RequestRedirect',
  'URLRewrite',
  'RequestMirror',
  'CORS',
];

/**
 * CEL: a backend is a Service of the route's own namespace. Other kinds can stand for any host, and other namespaces
 * can belong to other tenants.
 */
const ownBackend = (of: string): string =>
  `(${of}.?group.orValue('') == '' && ${of}.?kind.orValue('Service') == 'Service' && ` +
  `${of}.?namespace.orValue(request.namespace) == request.namespace)`;

const ownFilters = (of: string): string =>
  `${of}.?filters.orValue([]).all(f, f.type in [${filterTypes.map((type) => `'${type}'`).join(', ')}] && ` +
  `(!has(f.requestMirror) || ${ownBackend('f.requestMirror.backendRef')}))`;

/**
 * Checks routes that tenants write themselves: for their own hosts, at the platform's Gateway or their own listeners,
 * to their own services. The oldest route for a host wins, and a route without hosts takes those of its listener
 * (Gateway API, security model), so every route must name its hosts.
 */
export function checkRoutes(): BaselinePart {
  const timeout = parameter(MAX_ROUTE_TIMEOUT_ANNOTATION);
  const retries = parameter(MAX_ROUTE_RETRIES_ANNOTATION);
  return {
    name: 'routes',
    rules: [
      { apiGroups: [GROUP], resources: ['grpcroutes', 'httproutes', 'tlsroutes'], operations: ['CREATE', 'UPDATE'] },
    ],
    conditions: [whenSpecOrAnnotationsChange],
    variables: [
      { name: 'hosts', expression: `${parameter(HOSTS_ANNOTATION)}.split(',').filter(h, h != '')` },
      { name: 'rules', expression: 'object.spec.?rules.orValue([])' },
    ],
    validations: [
      {
        // A wildcard below a host of the tenant has the same suffix.
        expression:
          'object.spec.?hostnames.orValue([]).size() > 0 && object.spec.?hostnames.orValue([]).all(name, ' +
          "variables.hosts.exists(h, name == h || name.endsWith('.' + h)))",
        message: 'A route must name hosts of this tenant, and no others.',
      },
      {
        expression:
          "object.spec.?parentRefs.orValue([]).size() > 0 && object.spec.?useDefaultGateways.orValue('None') == 'None' && " +
          `object.spec.?parentRefs.orValue([]).all(p, p.?group.orValue('${GROUP}') == '${GROUP}' && ` +
          "((p.?kind.orValue('Gateway') == 'Gateway' && " +
          `p.?namespace.orValue(request.namespace) + '/' + p.name == ${parameter(GATEWAY_ANNOTATION)}) || ` +
          "(p.?kind.orValue('Gateway') == 'ListenerSet' && p.?namespace.orValue(request.namespace) == request.namespace)))",
        message: 'A route must attach to the Gateway of the platform, or to listeners of its own namespace.',
      },
      {
        expression:
          `variables.rules.all(r, ${ownFilters('r')} && r.?backendRefs.orValue([]).all(b, ${ownBackend('b')} && ` +
          `${ownFilters('b')}))`,
        message: 'A route must send requests to Services of its own namespace.',
      },
      {
        expression:
          `${timeout} == '' || variables.rules.all(r, [r.?timeouts.?request, r.?timeouts.?backendRequest].all(t, ` +
          `!t.hasValue() || (duration(t.value()) > duration('0s') && duration(t.value()) <= duration(${timeout}))))`,
        message: 'The plan does not allow this timeout.',
      },
      {
        expression: `${retries} == '' || variables.rules.all(r, r.?retry.?attempts.orValue(0) <= int(${retries}))`,
        message: 'The plan does not allow this many retries.',
      },
      harmlessAnnotations('A route must not carry annotations that change what the gateway does for others.'),
    ],
  };
}

/**
 * Forbids kinds that open listeners, let references cross namespaces, or route traffic that has no host to identify its
 * tenant. With some implementations a Gateway creates a load balancer, whatever the quota says.
 */
export function forbidGatewayKinds(): BaselinePart {
  return {
    name: 'gateway-kinds',
    rules: [
      {
        apiGroups: [GROUP],
        resources: ['backendtlspolicies', 'gateways', 'listenersets', 'referencegrants', 'tcproutes', 'udproutes'],
        operations: ['CREATE', 'UPDATE', 'DELETE'],
      },
    ],
    validations: [
      { expression: 'false', message: 'Listeners and references across namespaces are reserved for Bulkhead.' },
    ],
  };
}
