import { stringify } from 'yaml';

/** A template in the shape of Gatekeeper's public library, with an object that it admits and one that it refuses. */
export interface TemplateTrial {
  name: string;
  rego: string;
  libs?: string[];
  parameters: object;
  good: object;
  bad: object;
}

interface Shape {
  kind?: string;
  parameters?: object;
  libs?: string[];
}

const apis: Readonly<Record<string, string>> = {
  Deployment: 'apps/v1',
  HorizontalPodAutoscaler: 'autoscaling/v2',
  Ingress: 'networking.k8s.io/v1',
  PodDisruptionBudget: 'policy/v1',
  RoleBinding: 'rbac.authorization.k8s.io/v1',
};

const objectOf = (kind: string, content: object): object => ({
  apiVersion: apis[kind] ?? 'v1',
  kind,
  metadata: { name: 'a', namespace: 'tn-a' },
  ...content,
});

/** A template whose rule is the body of a `violation` in Rego v0 over `o`, followed by what it calls. */
export function shape(name: string, body: string, good: object, bad: object, more: Shape = {}): TemplateTrial {
  const { kind = 'Pod', parameters = {}, libs } = more;
  const [rule = '', ...rest] = body.trim().split('\n---\n');
  const lines = rule.split(';').map((line) => `  ${line.trim()}`);
  const rego = [
    `package ${name}`,
    '',
    'violation[{"msg": msg}] {',
    '  o := input.review.object',
    ...lines,
    `  msg := "${name}"`,
    '}',
    ...rest,
  ];
  return {
    name,
    rego: `${rego.join('\n')}\n`,
    ...(libs && { libs }),
    parameters,
    good: objectOf(kind, good),
    bad: objectOf(kind, bad),
  };
}

export const container = (more: object): object => ({ spec: { containers: [{ name: 'c', image: 'i:1', ...more }] } });
export const secured = (securityContext: object): object => container({ securityContext });
export const pod = (more: object): object => ({ spec: { containers: [{ name: 'c', image: 'i:1' }], ...more } });
export const labelled = (labels: object): object => ({
  metadata: { name: 'a', namespace: 'tn-a', labels },
  ...pod({}),
});
export const annotated = (annotations: object): object => ({ metadata: { name: 'a', annotations }, ...pod({}) });
export const each = 'c := o.spec.containers[_]';
export const limit = (cpu: string): object => container({ resources: { limits: { cpu }, requests: { cpu: '100m' } } });

/** Returns a template and its constraint as YAML. */
export function yamlOf({ name, rego, libs, parameters, bad }: TemplateTrial): string {
  const kind = `K8s${name}`;
  const { apiVersion, kind: about } = bad as { apiVersion: string; kind: string };
  const template = {
    apiVersion: 'templates.gatekeeper.sh/v1',
    kind: 'ConstraintTemplate',
    metadata: { name: kind.toLowerCase(), annotations: { description: `About ${name}.` } },
    spec: {
      crd: { spec: { names: { kind }, validation: { openAPIV3Schema: { type: 'object' } } } },
      targets: [{ target: 'admission.k8s.gatekeeper.sh', rego, ...(libs && { libs }) }],
    },
  };
  const match = { kinds: [{ apiGroups: [apiVersion.includes('/') ? apiVersion.split('/')[0] : ''], kinds: [about] }] };
  const constraint = {
    apiVersion: 'constraints.gatekeeper.sh/v1beta1',
    kind,
    metadata: { name },
    spec: { match, parameters },
  };
  return [template, constraint].map((object) => stringify(object)).join('---\n');
}
