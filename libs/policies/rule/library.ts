import { canonicalSelector, IMAGE_SELECTOR, imageSpellings, isMeshContainer, isNamedBy } from '#isolation';

import { type CelRule } from './policy-spec.js';

/** A parameter of a built-in rule. */
interface LibraryParameter {
  type: 'list' | 'number';
  description: string;
  /** Reports what is wrong with a number, or with an item of a list; null if the rule can read it. */
  fault: (value: unknown) => string | null;
  /** The spelling in which the rule compares an item; as it was written if absent. */
  canonical?: (item: string) => string;
}

/** A built-in rule. */
export interface LibraryRule {
  name: string;
  description: string;
  /** The parameters; all are required. */
  parameters: Readonly<Record<string, LibraryParameter>>;
  cel: CelRule;
}

const writes: CelRule['match'][number]['operations'] = ['CREATE', 'UPDATE'];
const pods: CelRule['match'] = [
  { apiGroups: [''], resources: ['pods', 'pods/ephemeralcontainers'], operations: writes },
];

/**
 * The containers of a pod except those that a mesh injects, whose images and settings are not the tenant's: the admission
 * baseline lets only the mesh put containers of these names into pods.
 */
const containers = {
  name: 'containers',
  expression:
    '(object.spec.containers + object.spec.?initContainers.orValue([]) + object.spec.?ephemeralContainers.orValue([]))' +
    `.filter(c, !${isMeshContainer('c.name')})`,
};
const ofVolumes = "object.spec.?volumes.orValue([]).filter(v, has(v.image)).map(v, v.image.?reference.orValue(''))";
const images = {
  name: 'images',
  expression: imageSpellings(`variables.containers.map(c, c.image) + ${ofVolumes}`),
};
/** In an emergency also those that a mesh injects. */
const allImages = {
  name: 'images',
  expression: imageSpellings(
    ['containers', 'initContainers', 'ephemeralContainers']
      .map((kind) => `object.spec.?${kind}.orValue([]).map(c, c.image)`)
      .join(' + ') + ` + ${ofVolumes}`,
  ),
};
const list = (name: string): string => `variables.parameters.${name}.split(',')`;

function aboutImages(expression: string, message: string): CelRule {
  return { match: pods, variables: [containers, images], validations: [{ expression, message }] };
}

function aboutContainers(expression: string, message: string): CelRule {
  return { match: pods, variables: [containers], validations: [{ expression, message }] };
}

/** Prefixes without a slash at the end are not accepted any more, but stored policies can contain some. */
function canonicalPrefix(prefix: string): string {
  return prefix.endsWith('/') ? canonicalSelector(prefix) : canonicalSelector(`${prefix}/`).slice(0, -1);
}

/** Label key: an optional DNS subdomain and a slash, and a name (kubernetes.io, Labels and Selectors). */
const LABEL_KEY = /^([a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?\/)?[A-Za-z0-9]([\w.-]{0,61}[A-Za-z0-9])?$/;

const itemThat =
  (isFit: (item: string) => boolean, expected: string): LibraryParameter['fault'] =>
  (item) =>
    typeof item === 'string' && isFit(item) ? null : expected;

/** The largest number that `spec.replicas` can be (int32). */
const MOST_REPLICAS = 2_147_483_647;

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
    parameters: {
      registries: {
        type: 'list',
        description: 'Image name prefixes, each ending in "/". Images without a registry are of "docker.io/".',
        // Without the slash "ghcr.io/acme" would also allow "ghcr.io/acme-evil".
        fault: itemThat(
          (item) => item.endsWith('/') && IMAGE_SELECTOR.test(item),
          'Must be a registry with an optional path, ending in "/", such as "ghcr.io/acme/".',
        ),
        canonical: canonicalPrefix,
      },
    },
    cel: aboutImages(
      `variables.images.all(image, ${list('registries')}.exists(registry, image[0].startsWith(registry)))`,
      'Images of this registry are not allowed.',
    ),
  },
  {
    name: 'require-digest',
    description: 'Images must be referenced by digest.',
    parameters: {},
    cel: aboutImages(
      "variables.images.all(image, image[2].startsWith('@sha256:'))",
      'Images must be referenced by digest.',
    ),
  },
  {
    name: 'no-latest-tag',
    description: 'Images must have a digest or a tag other than "latest".',
    parameters: {},
    cel: aboutImages(
      "variables.images.all(image, image[2] != '' || !image[0].endsWith(':latest'))",
      'Images must have a tag other than "latest".',
    ),
  },
  {
    name: 'block-images',
    description:
      'For emergencies: these images must not start, however a pod spells their names, and with whatever digest behind ' +
      'the tag. Images that a pod names by digest alone are found by digest only.',
    parameters: {
      images: {
        type: 'list',
        description:
          'As in the selector of a quarantine: references (`ghcr.io/acme/app:1.2`; if one has a digest, its tag is ' +
          'ignored), digests (`sha256:…`), and name prefixes (`ghcr.io/acme/`).',
        fault: itemThat(
          (item) => IMAGE_SELECTOR.test(item),
          'Must be an image reference, a digest ("sha256:" and 64 hex digits), or a name prefix that ends in "/".',
        ),
        canonical: canonicalSelector,
      },
    },
    cel: {
      match: pods,
      variables: [allImages],
      validations: [
        {
          expression: `variables.images.all(image, !${list('images')}.exists(blocked, ${isNamedBy('image', 'blocked')}))`,
          message: 'This image is blocked.',
        },
      ],
    },
  },
  {
    name: 'required-labels',
    description: 'Workloads must have these labels.',
    parameters: {
      labels: {
        type: 'list',
        description: 'Label keys.',
        fault: itemThat((item) => LABEL_KEY.test(item), 'Must be a label key, such as "team" or "example.com/team".'),
      },
    },
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
    parameters: {
      replicas: {
        type: 'number',
        description: 'Maximum number of replicas.',
        fault: (value) =>
          Number.isInteger(value) && Number(value) >= 0 && Number(value) <= MOST_REPLICAS
            ? null
            : `Must be a whole number from 0 to ${MOST_REPLICAS}.`,
      },
    },
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
            `object.spec.containers.all(c, ${isMeshContainer('c.name')} || has(c.readinessProbe))`,
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
