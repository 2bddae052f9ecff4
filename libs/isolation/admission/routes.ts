import { type KubernetesObject } from '../model/kubernetes-object.js';
import { whenSpecOrAnnotationsChange } from './contents.js';
import { platformExempt } from './exemptions.js';
import { harmlessAnnotations } from './hosts.js';
import {
  GATEWAY_ANNOTATION,
  HOSTS_ANNOTATION,
  MAX_ROUTE_RETRIES_ANNOTATION,
  MAX_ROUTE_TIMEOUT_ANNOTATION,
  parameter,
} from './parameters.js';
import { validating } from './policy.js';

const GROUP = 'gateway.networking.k8s.io';

/** What a filter may do. Others send requests to somebody that nobody has checked, or are an implementation's own. */
const filterTypes = [
  ...['RequestHeaderModifier', 'ResponseHeaderModifier', 'RequestRedirect', 'URLRewrite', 'RequestMirror', 'CORS'],
];

/** A Service of the namespace itself: other kinds stand for hosts of anybody, and other namespaces are others'. */
const ownBackend = (of: string): string =>
  `(${of}.?group.orValue('') == '' && ${of}.?kind.orValue('Service') == 'Service' && ` +
  `${of}.?namespace.orValue(request.namespace) == request.namespace)`;

const ownFilters = (of: string): string =>
  `${of}.?filters.orValue([]).all(f, f.type in [${filterTypes.map((type) => `'${type}'`).join(', ')}] && ` +
  `(!has(f.requestMirror) || ${ownBackend('f.requestMirror.backendRef')}))`;

/**
 * Routes that tenants write themselves: for their own hosts, at the platform's Gateway or their own listeners, to their
 * own services. The oldest route with a host wins, and a route without hosts takes those of its listener (Gateway API,
 * security model), so each has to name its own.
 */
export function checkRoutes(provisioner: string): KubernetesObject[] {
  const timeout = parameter(MAX_ROUTE_TIMEOUT_ANNOTATION);
  const retries = parameter(MAX_ROUTE_RETRIES_ANNOTATION);
  return validating(
    {
      name: 'bulkhead-routes',
      rules: [
        { apiGroups: [GROUP], resources: ['grpcroutes', 'httproutes', 'tlsroutes'], operations: ['CREATE', 'UPDATE'] },
      ],
      conditions: [...platformExempt(provisioner), whenSpecOrAnnotationsChange],
      variables: [
        { name: 'hosts', expression: `${parameter(HOSTS_ANNOTATION)}.split(',').filter(h, h != '')` },
        { name: 'rules', expression: 'object.spec.?rules.orValue([])' },
      ],
    },
    [
      {
        // A wildcard below a host of the tenant ends like one.
        expression:
          'object.spec.?hostnames.orValue([]).size() > 0 && object.spec.?hostnames.orValue([]).all(name, ' +
          "variables.hosts.exists(h, name == h || name.endsWith('.' + h)))",
        message: 'A route names hosts of this tenant, and no others.',
      },
      {
        expression:
          "object.spec.?parentRefs.orValue([]).size() > 0 && object.spec.?useDefaultGateways.orValue('None') == 'None' && " +
          `object.spec.?parentRefs.orValue([]).all(p, p.?group.orValue('${GROUP}') == '${GROUP}' && ` +
          "((p.?kind.orValue('Gateway') == 'Gateway' && " +
          `p.?namespace.orValue(request.namespace) + '/' + p.name == ${parameter(GATEWAY_ANNOTATION)}) || ` +
          "(p.?kind.orValue('Gateway') == 'ListenerSet' && p.?namespace.orValue(request.namespace) == request.namespace)))",
        message: 'A route attaches to the Gateway of the platform, or to the listeners of its own namespace.',
      },
      {
        expression:
          `variables.rules.all(r, ${ownFilters('r')} && r.?backendRefs.orValue([]).all(b, ${ownBackend('b')} && ` +
          `${ownFilters('b')}))`,
        message: 'A route leads to Services of its own namespace.',
      },
      {
        expression:
          `${timeout} == '' || variables.rules.all(r, [r.?timeouts.?request, r.?timeouts.?backendRequest].all(t, ` +
          `!t.hasValue() || (duration(t.value()) > duration('0s') && duration(t.value()) <= duration(${timeout}))))`,
        message: 'The plan allows a request no such time.',
      },
      {
        expression: `${retries} == '' || variables.rules.all(r, r.?retry.?attempts.orValue(0) <= int(${retries}))`,
        message: 'The plan allows a request not so many tries.',
      },
      harmlessAnnotations('A route carries no annotation that changes what the gateway does for others.'),
    ],
  );
}

/**
 * What opens listeners, lets references cross namespaces, or leads traffic without a host to tell whose it is. A Gateway
 * makes some implementations create a load balancer, whatever the quota says.
 */
export function forbidGatewayKinds(provisioner: string): KubernetesObject[] {
  return validating(
    {
      name: 'bulkhead-gateway-kinds',
      rules: [
        {
          apiGroups: [GROUP],
          resources: ['backendtlspolicies', 'gateways', 'listenersets', 'referencegrants', 'tcproutes', 'udproutes'],
          operations: ['CREATE', 'UPDATE', 'DELETE'],
        },
      ],
      conditions: platformExempt(provisioner),
    },
    [{ expression: 'false', message: 'Listeners, and what crosses namespaces, are said by Bulkhead.' }],
  );
}
