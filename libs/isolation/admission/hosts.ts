import { type KubernetesObject } from '../model/kubernetes-object.js';
import { harmlessAnnotations } from './annotations.js';
import { whenSpecOrAnnotationsChange } from './contents.js';
import { type BaselinePart } from './joined-policy.js';
import { HOSTS_ANNOTATION, INGRESS_CLASSES_ANNOTATION, listedIn, parameter } from './parameters.js';

/** Everything RFC 3986 allows in a path, except semicolons and quotes, which end a line in some configurations. */
const PATH = "'^/[A-Za-z0-9/._~%!$&()*+,=:@-]*$'";

const HOST_MESSAGE = 'Every rule of an Ingress must name a host of this tenant, without a wildcard.';

/** An Ingress that is only ever sent as a dry run: it is refused once the API server knows that a tenant has lost a host. */
export function hostCanary(namespace: string, host: string): KubernetesObject {
  return {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'Ingress',
    metadata: { name: 'bulkhead-released-host', namespace },
    spec: { rules: [{ host }] },
  };
}

/** Reports whether the refusal of a canary is that of a host. */
export const refusesHost = (refusal: string): boolean => refusal.includes(HOST_MESSAGE);

/** Hosts are cluster-wide, so an Ingress must name hosts of its tenant, each explicitly. */
export function checkHosts(): BaselinePart {
  const own = (host: string): string =>
    `(!${host}.startsWith('*') && variables.hosts.exists(h, ${host} == h || ${host}.endsWith('.' + h)))`;
  return {
    name: 'hosts',
    rules: [
      { apiGroups: ['networking.k8s.io', 'extensions'], resources: ['ingresses'], operations: ['CREATE', 'UPDATE'] },
    ],
    conditions: [whenSpecOrAnnotationsChange],
    variables: [{ name: 'hosts', expression: `${parameter(HOSTS_ANNOTATION)}.split(',').filter(h, h != '')` }],
    validations: [
      {
        expression:
          'object.spec.?rules.orValue([]).size() > 0 && ' +
          `object.spec.?rules.orValue([]).all(r, has(r.host) && ${own('r.host')}) && ` +
          `object.spec.?tls.orValue([]).all(t, t.?hosts.orValue([]).all(n, ${own('n')}))`,
        message: HOST_MESSAGE,
      },
      {
        // Some gateways copy an implementation-specific path into their configuration verbatim (CVE-2021-25745).
        expression:
          'object.spec.?rules.orValue([]).all(r, r.?http.?paths.orValue([]).all(p, ' +
          `p.pathType in ['Exact', 'Prefix'] && p.?path.orValue('/').matches(${PATH})))`,
        message: 'Paths of an Ingress must be of type Exact or Prefix, without semicolons, quotes or braces.',
      },
      {
        // Some gateways serve other kinds of objects: storage, or a Service of another namespace.
        expression:
          'object.spec.?rules.orValue([]).all(r, r.?http.?paths.orValue([]).all(p, !has(p.backend.resource)))',
        message: 'Backends of an Ingress must be Services.',
      },
      {
        expression: listedIn(INGRESS_CLASSES_ANNOTATION, "object.spec.?ingressClassName.orValue('')"),
        message: 'The plan does not allow this IngressClass.',
      },
      {
        // It would answer for every host that no other Ingress names.
        expression: '!has(object.spec.defaultBackend)',
        message: 'An Ingress must not have a default backend.',
      },
      // Many annotations of ingress controllers take over further hosts, run the tenant's configuration in the shared
      // gateway (CVE-2021-25742) or redirect its requests; those of cert-manager that name the subject of a certificate
      // could name another tenant.
      harmlessAnnotations('An Ingress must not carry annotations that change what the gateway does for others.'),
    ],
  };
}
