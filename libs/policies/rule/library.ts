import { type CelRule, type PolicyParameters } from './policy-spec.js';

/** A built-in rule. */
export interface LibraryRule {
  name: string;
  description: string;
  /** The parameters; all are required. */
  parameters: Readonly<Record<string, { type: 'list' | 'number'; description: string }>>;
  cel: CelRule;
}

const writes: CelRule['match'][number]['operations'] = ['CREATE', 'UPDATE'];
const pods: CelRule['match'] = [
  { apiGroups: [''], resources: ['pods', 'pods/ephemeralcontainers'], operations: writes },
];
const containers = {
  name: 'containers',
  expression:
    'object.spec.containers + object.spec.?initContainers.orValue([]) + object.spec.?ephemeralContainers.orValue([])',
};
const images = {
  name: 'images',
  expression:
    'variables.containers.map(c, c.image) + object.spec.?volumes.orValue([]).filter(v, has(v.image)).map(v, ' +
    "v.image.?reference.orValue(''))",
};
const list = (name: string): string => `variables.parameters.${name}.split(',')`;

function aboutImages(expression: string, message: string): CelRule {
  return { match: pods, variables: [containers, images], validations: [{ expression, message }] };
}

function aboutContainers(expression: string, message: string): CelRule {
  return { match: pods, variables: [containers], validations: [{ expression, message }] };
}

const scaled: CelRule['match'] = [
  { apiGroups: ['apps'], resources: ['deployments', 'replicasets', 'statefulsets'], operations: writes },
  {
    apiGroups: ['apps'],
    resources: ['deployments/scale', 'replicasets/scale', 'statefulsets/scale'],
    operations: ['UPDATE'],
  },
];

/** The built-in rules, by name. */
export const policyLibrary: readonly LibraryRule[] = [
  {
    name: 'allowed-registries',
    description: 'Images, including those of volumes, must come from these registries.',
    parameters: { registries: { type: 'list', description: 'Image name prefixes, each ending in "/".' } },
    cel: aboutImages(
      `variables.images.all(image, ${list('registries')}.exists(registry, image.startsWith(registry)))`,
      'Images of this registry are not allowed.',
    ),
  },
  {
    name: 'require-digest',
    description: 'Images must be referenced by digest.',
    parameters: {},
    cel: aboutImages("variables.images.all(image, image.contains('@sha256:'))", 'Images must be referenced by digest.'),
  },
  {
    name: 'no-latest-tag',
    description: 'Images must have a digest or a tag other than "latest".',
    parameters: {},
    cel: aboutImages(
      "variables.images.all(image, image.contains('@') || image.matches('.*/?[^/]*:[^/]+$') && " +
        "!image.endsWith(':latest'))",
      'Images must have a tag other than "latest".',
    ),
  },
  {
    name: 'block-images',
    description: 'For emergencies: images with these digests or exact names must not start.',
    parameters: { images: { type: 'list', description: 'Image digests ("sha256:…") and names.' } },
    cel: aboutImages(
      `variables.images.all(image, !${list('images')}.exists(blocked, image == blocked || ` +
        "(blocked.startsWith('sha256:') && image.endsWith('@' + blocked))))",
      'This image is blocked.',
    ),
  },
  {
    name: 'required-labels',
    description: 'Workloads must have these labels.',
    parameters: { labels: { type: 'list', description: 'Label keys.' } },
    cel: {
      match: [
        { apiGroups: ['apps'], resources: ['daemonsets', 'deployments', 'statefulsets'], operations: writes },
        { apiGroups: ['batch'], resources: ['cronjobs', 'jobs'], operations: writes },
      ],
      variables: [],
      validations: [
        {
          expression: `${list('labels')}.all(key, key in object.metadata.?labels.orValue({}))`,
          message: 'A required label is missing.',
        },
      ],
    },
  },
  {
    name: 'max-replicas',
    description: 'Workloads must not exceed a number of replicas, including when scaled.',
    parameters: { replicas: { type: 'number', description: 'Maximum number of replicas.' } },
    cel: {
      match: scaled,
      variables: [],
      validations: [
        {
          expression: 'object.spec.?replicas.orValue(1) <= int(variables.parameters.replicas)',
          message: 'The number of replicas exceeds the limit.',
        },
      ],
    },
  },
  {
    name: 'require-probes',
    description: 'Every container of a long-running pod must have a readiness probe.',
    parameters: {},
    cel: {
      match: [{ apiGroups: [''], resources: ['pods'], operations: ['CREATE'] }],
      variables: [],
      validations: [
        {
          expression:
            "object.spec.?restartPolicy.orValue('Always') != 'Always' || " +
            'object.spec.containers.all(c, has(c.readinessProbe))',
          message: 'Containers must have a readiness probe.',
        },
      ],
    },
  },
  {
    name: 'read-only-root-filesystem',
    description: 'The root filesystem of every container must be read-only.',
    parameters: {},
    cel: aboutContainers(
      'variables.containers.all(c, c.?securityContext.?readOnlyRootFilesystem.orValue(false))',
      'The root filesystem must be read-only.',
    ),
  },
  {
    name: 'no-load-balancers',
    description: 'Services must not be of type LoadBalancer.',
    parameters: {},
    cel: {
      match: [{ apiGroups: [''], resources: ['services'], operations: writes }],
      variables: [],
      validations: [
        {
          expression: "object.spec.?type.orValue('ClusterIP') != 'LoadBalancer'",
          message: 'Services of type LoadBalancer are not allowed.',
        },
      ],
    },
  },
];

/** Returns the rule of this name; undefined if there is none. */
export function libraryRule(name: string): LibraryRule | undefined {
  return policyLibrary.find((rule) => rule.name === name);
}

/** The first variable of every CEL rule: the parameters, whatever object carries them. */
export const parametersVariable = { name: 'parameters', expression: 'params.metadata.annotations' };

/** Converts parameters for CEL: strings, with lists joined by commas. */
export function celParameters(parameters: PolicyParameters): Record<string, string> {
  const textOf = (value: PolicyParameters[string]): string => (Array.isArray(value) ? value.join(',') : String(value));
  return Object.fromEntries(Object.entries(parameters).map(([key, value]) => [key, textOf(value)]));
}
