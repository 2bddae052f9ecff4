import { whenSpecOrAnnotationsChange } from './contents.js';
import { type BaselinePart } from './joined-policy.js';
import { HOSTS_ANNOTATION, INGRESS_CLASSES_ANNOTATION, listedIn, parameter } from './parameters.js';
import { type Validation } from './policy.js';

/**
 * Prefixes of the annotations that an Ingress can carry. Many annotations of ingress controllers take over further
 * hosts, run the tenant's configuration in the shared gateway (CVE-2021-25742) or redirect its requests; those of
 * cert-manager that name the subject of a certificate could name another tenant.
 */
const annotations = ['kubectl.kubernetes.io/', 'meta.helm.sh/', 'argocd.argoproj.io/'];
/** Further annotations, each by its whole key: `cert-manager.io/issuer-kind` would lead to any issuer. */
const harmlessKeys = [
  'cert-manager.io/issuer',
  'cert-manager.io/cluster-issuer',
  'nginx.ingress.kubernetes.io/ssl-redirect',
  'nginx.ingress.kubernetes.io/proxy-read-timeout',
];

/** Allows only annotations that mean nothing to gateways, certificates and DNS. */
export function harmlessAnnotations(message: string): Validation {
  const quoted = (texts: readonly string[]): string => texts.map((text) => `'${text}'`).join(', ');
  return {
    expression:
      `object.metadata.?annotations.orValue({}).all(key, [${quoted(annotations)}].exists(start, key.startsWith(start)) || ` +
      `key in [${quoted(harmlessKeys)}] || ` +
      "!key.contains('/'))",
    message,
  };
}

/** Everything RFC 3986 allows in a path, except semicolons and quotes, which end a line in some configurations. */
const PATH = "'^/[A-Za-z0-9/._~%!$&()*+,=:@-]*$'";

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
        message: 'Every rule of an Ingress must name a host of this tenant, without a wildcard.',
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
      harmlessAnnotations('An Ingress must not carry annotations that change what the gateway does for others.'),
    ],
  };
}
