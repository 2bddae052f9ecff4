import { imageSpellings } from '../images/image-spellings.js';
import { type KubernetesObject } from '../model/kubernetes-object.js';
import { TENANT_ID_LABEL, TENANT_LABEL } from '../model/labels.js';
import { type AdmissionBaseline } from './admission-baseline.js';
import { isMeshContainer, isMeshToken, isMeshVolume, meshAudiences } from './mesh-containers.js';
import { checkMeshPods } from './mesh-pods.js';
import {
  API_TOKENS_ANNOTATION,
  CSI_DRIVERS_ANNOTATION,
  EMPTY_DIR_ANNOTATION,
  MESH_ANNOTATION,
  parameter,
  READ_ONLY_ROOT_ANNOTATION,
  REGISTRIES_ANNOTATION,
  REQUIRE_DIGEST_ANNOTATION,
  TOKEN_AUDIENCES_ANNOTATION,
  USER_NAMESPACES_ANNOTATION,
} from './parameters.js';
import { projections } from './pod-projections.js';
import { resources } from './pod-resources.js';
import { neighbours, scheduling } from './pod-scheduling.js';
import { podPolicy, unlessSpecStays, validating, type Validation } from './policy.js';

const images: Validation[] = [
  {
    expression:
      `${parameter(REGISTRIES_ANNOTATION)} == '' || variables.images.all(image, ` +
      `${parameter(REGISTRIES_ANNOTATION)}.split(',').exists(registry, image[0].startsWith(registry)))`,
    message: 'The plan does not allow images from this registry.',
  },
  {
    expression: `${parameter(REQUIRE_DIGEST_ANNOTATION)} != 'true' || variables.images.all(image, image[2].startsWith('@sha256:'))`,
    message: 'The plan requires images by digest.',
  },
  {
    // Images that another tenant pulled are cached on the node, and any pod there could use them without asking the
    // registry.
    expression:
      "variables.containers.all(c, c.?imagePullPolicy.orValue('') == 'Always') && " +
      "object.spec.?volumes.orValue([]).all(v, !has(v.image) || v.image.?pullPolicy.orValue('') == 'Always')",
    message: 'Images must be pulled every time: set imagePullPolicy, or pullPolicy of a volume, to Always.',
  },
];

const eachToken = (condition: string): string =>
  "request.operation != 'CREATE' || object.spec.?volumes.orValue([]).all(v, v.?projected.?sources.orValue([]).all(s, " +
  `!has(s.serviceAccountToken) || ${condition}))`;
const audience = "s.serviceAccountToken.?audience.orValue('')";

const inMesh = `${parameter(MESH_ANNOTATION)} != ''`;

/** CEL: the API server accepts tokens for an audience. */
function isApis(apiAudiences: readonly string[] = []): string {
  const known = apiAudiences.map((each) => JSON.stringify(each)).join(', ');
  return `(${audience} == '' || ${audience}.startsWith('https://kubernetes.default') || ${audience} in [${known}])`;
}

const tokens = ({ apiAudiences }: Pick<AdmissionBaseline, 'apiAudiences'>): Validation[] => [
  {
    // With a token for such an audience a pod could get a certificate of the mesh, bypassing its proxy.
    expression: eachToken(`!(${audience} in ${meshAudiences}) || (${inMesh} && ${isMeshToken('v.name', audience)})`),
    message: 'Tokens for this audience are reserved for the cluster.',
  },
  {
    // An attacker who breaks into a pod has its token (CIS Kubernetes Benchmark 5.1.6). The cluster mounts one unless
    // the pod or its ServiceAccount opts out.
    expression: `${parameter(API_TOKENS_ANNOTATION)} == 'true' || ` + eachToken(`!${isApis(apiAudiences)}`),
    message: 'The plan gives pods no token for the Kubernetes API: set automountServiceAccountToken to false.',
  },
  {
    // Whoever accepts such a token takes its bearer for the pod's ServiceAccount: a cloud, a store of secrets.
    expression: eachToken(
      `${isApis(apiAudiences)} || ${audience} in ${parameter(TOKEN_AUDIENCES_ANNOTATION)}.split(',') || ` +
        `(${inMesh} && ${isMeshToken('v.name', audience)})`,
    ),
    message: 'The plan does not allow tokens for this audience.',
  },
];

const hardening: Validation[] = [
  {
    expression: `${parameter(USER_NAMESPACES_ANNOTATION)} != 'true' || object.spec.?hostUsers == optional.of(false)`,
    message: 'The plan requires user namespaces: set hostUsers to false.',
  },
  {
    expression:
      `${parameter(READ_ONLY_ROOT_ANNOTATION)} != 'true' || variables.containers.all(c, ` +
      'c.?securityContext.?readOnlyRootFilesystem.orValue(false))',
    message: 'The plan requires read-only root filesystems: set readOnlyRootFilesystem to true.',
  },
];

const emptyDirs: Validation = {
  // Without a limit it grows until the node, or the memory of the pod, is full before anything accounts for it.
  expression:
    `${parameter(EMPTY_DIR_ANNOTATION)} != 'true' || object.spec.?volumes.orValue([]).all(v, ` +
    `!has(v.emptyDir) || has(v.emptyDir.sizeLimit) || (${inMesh} && ${isMeshVolume('v.name')}))`,
  message: 'The plan requires a sizeLimit on emptyDir volumes.',
};

/** Sources that Kubernetes itself provides, and claims, which the quota counts. */
const volumeSources = [
  'configMap',
  'downwardAPI',
  'emptyDir',
  'ephemeral',
  'image',
  'persistentVolumeClaim',
  'projected',
  'secret',
];

const volumes: Validation = {
  // The node mounts all other sources, bypassing the quota, StorageClasses and the pod's network policies. "baseline"
  // allows most of them, and "restricted" every CSI driver, some of which mount any server that the pod names.
  expression:
    'object.spec.?volumes.orValue([]).all(v, ' +
    `${volumeSources.map((source) => `has(v.${source})`).join(' || ')} || ` +
    `(has(v.csi) && v.csi.driver in ${parameter(CSI_DRIVERS_ANNOTATION)}.split(',')))`,
  message: 'Pods must mount storage through claims, not from servers that they name.',
};

const metering: Validation = {
  // Admission sets the label when a pod is created.
  expression:
    `object.metadata.?labels[?'${TENANT_LABEL}'].orValue(namespaceObject.metadata.labels['${TENANT_ID_LABEL}']) == ` +
    `namespaceObject.metadata.labels['${TENANT_ID_LABEL}']`,
  message: `The label ${TENANT_LABEL} must name the tenant of the pod.`,
};

/** Checks pods from any creator: most are created by controllers, from templates that a tenant wrote. */
export function checkPods(
  baseline: Pick<AdmissionBaseline, 'apiAudiences' | 'mutates' | 'mesh' | 'defaultPriorityClass'>,
): KubernetesObject[] {
  const inMesh = checkMeshPods(baseline);
  // `checkMeshPods` checks the images of the mesh's own containers.
  const named = (list: string): string =>
    `object.spec.?${list}.orValue([]).filter(c, !${isMeshContainer('c.name')}).map(c, c.image)`;
  const ofVolumes = "object.spec.?volumes.orValue([]).filter(v, has(v.image)).map(v, v.image.?reference.orValue(''))";
  const kinds = ['containers', 'initContainers', 'ephemeralContainers'];
  const lists = [...kinds.map(named), ofVolumes];
  return validating(
    podPolicy('bulkhead-pods', [
      { name: 'images', expression: imageSpellings(lists.join(' + ')) },
      { name: 'containers', expression: kinds.map((list) => `object.spec.?${list}.orValue([])`).join(' + ') },
      ...inMesh.variables,
    ]),
    [
      ...[
        ...images,
        ...resources,
        ...scheduling(baseline.defaultPriorityClass),
        ...tokens(baseline),
        ...hardening,
        neighbours,
        volumes,
        projections,
        emptyDirs,
      ].map(unlessSpecStays),
      metering,
      ...inMesh.validations,
    ],
  );
}
