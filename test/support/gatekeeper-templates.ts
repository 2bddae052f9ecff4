import { podSecurity } from './gatekeeper-pod-templates.js';
import { annotated, container, each, labelled, limit, pod, shape, type TemplateTrial } from './gatekeeper-shape.js';

const millis = `
millis(text) = n { endswith(text, "m"); n := to_number(replace(text, "m", "")) }
millis(text) = n { not endswith(text, "m"); n := to_number(text) * 1000 }`;
const service = { kind: 'Service' };
const general: readonly TemplateTrial[] = [
  shape(
    'allowedrepos',
    `${each}; ok := [g | r = input.parameters.repos[_]\n    g = startswith(c.image, r)]; not any(ok)`,
    container({ image: 'ghcr.io/a:1' }),
    container({ image: 'quay.io/a:1' }),
    { parameters: { repos: ['ghcr.io/'] } },
  ),
  shape(
    'disallowedrepos',
    `${each}; startswith(c.image, input.parameters.repos[_])`,
    container({}),
    container({ image: 'evil/a' }),
    { parameters: { repos: ['evil/'] } },
  ),
  shape(
    'disallowedtags',
    `${each}; endswith(c.image, concat(":", ["", input.parameters.tags[_]]))`,
    container({}),
    container({ image: 'a:latest' }),
    { parameters: { tags: ['latest'] } },
  ),
  shape(
    'imagedigests',
    `${each}; not re_match("@[a-z0-9]+:[a-f0-9]+$", c.image)`,
    container({ image: 'a@sha256:00' }),
    container({}),
  ),
  shape(
    'requiredlabels',
    'want := input.parameters.labels[_]; value := object.get(object.get(o.metadata, "labels", {}), want.key, ""); not re_match(want.allowedRegex, value)',
    labelled({ owner: 'web' }),
    labelled({ owner: 'W1' }),
    { parameters: { labels: [{ key: 'owner', allowedRegex: '^[a-z]+$' }] } },
  ),
  shape(
    'requiredannotations',
    'have := {k | o.metadata.annotations[k]}; want := {k | k := input.parameters.annotations[_].key}; missing := want - have; count(missing) > 0',
    annotated({ team: 'a' }),
    annotated({}),
    { parameters: { annotations: [{ key: 'team' }] } },
  ),
  shape(
    'containerlimits',
    `${each}; millis(c.resources.limits.cpu) > millis(input.parameters.cpu)\n---${millis}`,
    limit('200m'),
    limit('2'),
    { parameters: { cpu: '1' } },
  ),
  shape('containerrequests', `${each}; not c.resources.requests.cpu`, limit('1'), container({})),
  shape(
    'containerratio',
    `${each}; millis(c.resources.limits.cpu) > millis(c.resources.requests.cpu) * to_number(input.parameters.ratio)\n---${millis}`,
    limit('200m'),
    limit('1'),
    { parameters: { ratio: '2' } },
  ),
  shape(
    'requiredresources',
    `${each}; missing := set_diff({k | k := input.parameters.limits[_]}, {k | c.resources.limits[k]}); count(missing) > 0`,
    limit('1'),
    container({}),
    { parameters: { limits: ['cpu'] } },
  ),
  shape(
    'ephemeralstorage',
    `${each}; not c.resources.limits["ephemeral-storage"]`,
    container({ resources: { limits: { 'ephemeral-storage': '1Gi' } } }),
    container({}),
  ),
  shape(
    'requiredprobes',
    `${each}; probe := input.parameters.probes[_]; probe_is_missing(c, probe)\n---\nprobe_is_missing(ctr, probe) = true { not ctr[probe] }\nprobe_is_missing(ctr, probe) = true { ctr[probe] == {} }`,
    container({ readinessProbe: { exec: {} } }),
    container({ readinessProbe: {} }),
    { parameters: { probes: ['readinessProbe'] } },
  ),
  shape(
    'replicalimits',
    'not in_ranges(o.spec.replicas)\n---\nin_ranges(n) { r := input.parameters.ranges[_]; r.min_replicas <= n; n <= r.max_replicas }',
    { spec: { replicas: 3 } },
    { spec: { replicas: 90 } },
    { kind: 'Deployment', parameters: { ranges: [{ min_replicas: 2, max_replicas: 5 }] } },
  ),
  shape(
    'blocknodeport',
    'o.spec.type == "NodePort"',
    { spec: { type: 'ClusterIP' } },
    { spec: { type: 'NodePort' } },
    service,
  ),
  shape(
    'blockloadbalancer',
    'o.spec.type == "LoadBalancer"',
    { spec: { type: 'ClusterIP' } },
    { spec: { type: 'LoadBalancer' } },
    service,
  ),
  shape(
    'externalips',
    'allowed := {ip | ip := input.parameters.allowedIPs[_]}; given := {ip | ip := o.spec.externalIPs[_]}; bad := given - allowed; count(bad) > 0',
    { spec: { externalIPs: ['10.0.0.1'] } },
    { spec: { externalIPs: ['10.0.0.9'] } },
    { ...service, parameters: { allowedIPs: ['10.0.0.1'] } },
  ),
  shape(
    'httpsonly',
    'not tls(o)\n---\ntls(ingress) { count(ingress.spec.tls) > 0 }',
    { spec: { tls: [{}] } },
    { spec: {} },
    { kind: 'Ingress' },
  ),
  shape(
    'wildcardingress',
    'host := object.get(o.spec.rules[_], "host", ""); is_wildcard(host)\n---\nis_wildcard("") = true\nis_wildcard(host) = true { contains(host, "*") }',
    { spec: { rules: [{ host: 'a.example' }] } },
    { spec: { rules: [{ host: '*.example' }] } },
    { kind: 'Ingress' },
  ),
  shape(
    'anonymous',
    's := o.subjects[_]; s.name == ["system:anonymous", "system:unauthenticated"][_]',
    { subjects: [{ name: 'alice' }] },
    { subjects: [{ name: 'system:anonymous' }] },
    { kind: 'RoleBinding' },
  ),
  shape(
    'storageclass',
    'not listed(o.spec.storageClassName)\n---\nlisted(name) { name == input.parameters.allowed[_] }',
    { spec: { storageClassName: 'fast' } },
    { spec: { storageClassName: 'slow' } },
    { kind: 'PersistentVolumeClaim', parameters: { allowed: ['fast'] } },
  ),
  shape(
    'disruptionbudget',
    'o.spec.maxUnavailable == 0',
    { spec: { maxUnavailable: 1 } },
    { spec: { maxUnavailable: 0 } },
    { kind: 'PodDisruptionBudget' },
  ),
  shape(
    'autoscalerspread',
    'o.spec.maxReplicas - o.spec.minReplicas < input.parameters.spread',
    { spec: { minReplicas: 1, maxReplicas: 9 } },
    { spec: { minReplicas: 1, maxReplicas: 2 } },
    { kind: 'HorizontalPodAutoscaler', parameters: { spread: 3 } },
  ),
  shape(
    'automounttoken',
    'not o.spec.automountServiceAccountToken == false',
    pod({ automountServiceAccountToken: false }),
    pod({}),
  ),
  shape(
    'deprecatedapi',
    'o.apiVersion == input.parameters.versions[_]',
    { spec: {} },
    { apiVersion: 'apps/v1beta1', spec: {} },
    { kind: 'Deployment', parameters: { versions: ['apps/v1beta1'] } },
  ),
  shape(
    'hosttolerations',
    't := o.spec.tolerations[_]; t.operator == "Exists"; not t.key',
    pod({ tolerations: [{ key: 'a', operator: 'Exists' }] }),
    pod({ tolerations: [{ operator: 'Exists' }] }),
  ),
];

/** The templates, each with a constraint of its own. */
export const templateTrials = [...general, ...podSecurity].map((trial) =>
  trial.libs === undefined ? trial : { ...trial, rego: trial.rego.replace('\n', '\n\nimport data.lib.exempt\n') },
);
