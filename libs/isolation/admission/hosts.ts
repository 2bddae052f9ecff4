import { type KubernetesObject } from '../model/kubernetes-object.js';
import { whenSpecOrAnnotationsChange } from './contents.js';
import { platformExempt } from './exemptions.js';
import { HOSTS_ANNOTATION, INGRESS_CLASSES_ANNOTATION, listedIn, parameter } from './parameters.js';
import { validating, type Validation } from './policy.js';

/**
 * Beginnings of the annotations that an Ingress may carry. Of controllers' own ones many take over further hosts, run
 * configuration of the tenant's in the shared gateway (CVE-2021-25742), or send its requests elsewhere; those of
 * cert-manager that name what a certificate is for could name somebody else.
 */
const annotations = [
  ...['kubectl.kubernetes.io/', 'meta.helm.sh/', 'argocd.argoproj.io/'],
  ...['cert-manager.io/issuer', 'cert-manager.io/cluster-issuer'],
  ...['nginx.ingress.kubernetes.io/ssl-redirect', 'nginx.ingress.kubernetes.io/proxy-read-timeout'],
];

/** The rule that an object carries only annotations that say nothing to gateways, certificates and DNS. */
export function harmlessAnnotations(message: string): Validation {
  const starts = annotations.map((start) => `'${start}'`).join(', ');
  return {
    expression:
      `object.metadata.?annotations.orValue({}).all(key, [${starts}].exists(start, key.startsWith(start)) || ` +
      "!key.contains('/'))",
    message,
  };
}

/** Everything that RFC 3986 lets stand in a path but semicolons and quotes, which end a line of some configuration. */
const PATH = "'^/[A-Za-z0-9/._~%!$&()*+,=:@-]*$'";

/** A host counts for the whole cluster, so an Ingress names the tenant's own, each by its name. */
export function checkHosts(provisioner: string): KubernetesObject[] {
  const own = (host: string): string =>
    `(!${host}.startsWith('*') && variables.hosts.exists(h, ${host} == h || ${host}.endsWith('.' + h)))`;
  return validating(
    {
      name: 'bulkhead-hosts',
      rules: [
        { apiGroups: ['networking.k8s.io', 'extensions'], resources: ['ingresses'], operations: ['CREATE', 'UPDATE'] },
      ],
      conditions: [...platformExempt(provisioner), whenSpecOrAnnotationsChange],
      variables: [{ name: 'hosts', expression: `${parameter(HOSTS_ANNOTATION)}.split(',').filter(h, h != '')` }],
    },
    [
      {
        expression:
          'object.spec.?rules.orValue([]).size() > 0 && ' +
          `object.spec.?rules.orValue([]).all(r, has(r.host) && ${own('r.host')}) && ` +
          `object.spec.?tls.orValue([]).all(t, t.?hosts.orValue([]).all(n, ${own('n')}))`,
        message: 'Every rule of an Ingress names a host of this tenant, without a wildcard.',
      },
      {
        // A path of no certain type is copied into the configuration of some gateways as it is (CVE-2021-25745).
        expression:
          'object.spec.?rules.orValue([]).all(r, r.?http.?paths.orValue([]).all(p, ' +
          `p.pathType in ['Exact', 'Prefix'] && p.?path.orValue('/').matches(${PATH})))`,
        message: 'Paths of an Ingress are of type Exact or Prefix, without semicolons, quotes and braces.',
      },
      {
        expression: listedIn(INGRESS_CLASSES_ANNOTATION, "object.spec.?ingressClassName.orValue('')"),
        message: 'The plan does not allow this IngressClass.',
      },
      {
        // It would answer for every host that nobody named.
        expression: '!has(object.spec.defaultBackend)',
        message: 'An Ingress has no default backend.',
      },
      harmlessAnnotations('An Ingress carries no annotation that changes what the gateway does for others.'),
    ],
  );
}
