import { type KubernetesObject } from '../model/kubernetes-object.js';
import { TENANT_ID_LABEL, TENANT_LABEL } from '../model/labels.js';
import { isMeshContainer, isMeshToken, isMeshVolume, meshAudiences } from './mesh-containers.js';
import {
  API_TOKENS_ANNOTATION,
  CSI_DRIVERS_ANNOTATION,
  EMPTY_DIR_ANNOTATION,
  MESH_ANNOTATION,
  NODE_POOL_ANNOTATION,
  NODE_POOL_KEY,
  parameter,
  PRIORITY_CLASSES_ANNOTATION,
  READ_ONLY_ROOT_ANNOTATION,
  REGISTRIES_ANNOTATION,
  REQUIRE_DIGEST_ANNOTATION,
  RUNTIME_CLASS_ANNOTATION,
  USER_NAMESPACES_ANNOTATION,
} from './parameters.js';
import { aboutPods, unlessSpecStays, validating, type Validation } from './policy.js';

const images: Validation[] = [
  {
    expression:
      `${parameter(REGISTRIES_ANNOTATION)} == '' || variables.images.all(image, ` +
      `${parameter(REGISTRIES_ANNOTATION)}.split(',').exists(registry, image.startsWith(registry)))`,
    message: 'The plan does not allow images of this registry.',
  },
  {
    expression: `${parameter(REQUIRE_DIGEST_ANNOTATION)} != 'true' || variables.images.all(image, image.contains('@sha256:'))`,
    message: 'The plan demands images by digest.',
  },
  {
    // What another tenant pulled lies on the node, and any pod there would get it without asking the registry.
    expression:
      "variables.containers.all(c, c.?imagePullPolicy.orValue('') == 'Always') && " +
      "object.spec.?volumes.orValue([]).all(v, !has(v.image) || v.image.?pullPolicy.orValue('') == 'Always')",
    message: 'Images are pulled every time: set imagePullPolicy, of volumes pullPolicy, to Always.',
  },
];

const affinity = 'object.spec.?affinity.?nodeAffinity';
const nodeTerms =
  `${affinity}.?requiredDuringSchedulingIgnoredDuringExecution.?nodeSelectorTerms.orValue([]) + ` +
  `${affinity}.?preferredDuringSchedulingIgnoredDuringExecution.orValue([]).map(p, p.preference)`;

const scheduling: Validation[] = [
  {
    // A node's name passes by the scheduler and by taints.
    expression: "request.operation != 'CREATE' || object.spec.?nodeName.orValue('') == ''",
    message: 'Pods choose no node.',
  },
  {
    expression: "object.spec.?schedulerName.orValue('default-scheduler') == 'default-scheduler'",
    message: 'Pods choose no scheduler.',
  },
  {
    expression:
      "object.spec.?priorityClassName.orValue('') == '' || " +
      `object.spec.priorityClassName in ${parameter(PRIORITY_CLASSES_ANNOTATION)}.split(',')`,
    message: 'The plan does not allow this PriorityClass.',
  },
  {
    expression: `object.spec.?runtimeClassName.orValue('') == ${parameter(RUNTIME_CLASS_ANNOTATION)}`,
    message: 'Pods run in the RuntimeClass of the plan.',
  },
  {
    // The cluster itself gives pods tolerations of conditions of nodes, those of DaemonSets above all.
    expression:
      "object.spec.?tolerations.orValue([]).all(t, t.?key.orValue('').startsWith('node.kubernetes.io/') || " +
      `(t.?key.orValue('') == '${NODE_POOL_KEY}' && t.?operator.orValue('Equal') == 'Equal' && ` +
      `t.?value.orValue('') != '' && t.?value.orValue('') == ${parameter(NODE_POOL_ANNOTATION)}))`,
    message: 'Pods tolerate only conditions of nodes and the taint of their own pool.',
  },
  {
    expression:
      `${parameter(NODE_POOL_ANNOTATION)} == '' || ` +
      `object.spec.?nodeSelector[?'${NODE_POOL_KEY}'].orValue('') == ${parameter(NODE_POOL_ANNOTATION)}`,
    message: 'Pods run on the nodes of the plan’s pool.',
  },
  {
    // The taint keeps them off the nodes of others, and does not where somebody has forgotten it.
    expression:
      `${parameter(NODE_POOL_ANNOTATION)} != '' || (!('${NODE_POOL_KEY}' in object.spec.?nodeSelector.orValue({})) && ` +
      `!(${nodeTerms}).exists(t, t.?matchExpressions.orValue([]).exists(e, e.key == '${NODE_POOL_KEY}')))`,
    message: 'Pods ask for no nodes of a pool: the plan has none.',
  },
];

const eachToken = (condition: string): string =>
  "request.operation != 'CREATE' || object.spec.?volumes.orValue([]).all(v, v.?projected.?sources.orValue([]).all(s, " +
  `!has(s.serviceAccountToken) || ${condition}))`;
const audience = "s.serviceAccountToken.?audience.orValue('')";

const inMesh = `${parameter(MESH_ANNOTATION)} != ''`;

const tokens: Validation[] = [
  {
    // With a token of such an audience a pod could get a certificate of the mesh past its proxy.
    expression: eachToken(`!(${audience} in ${meshAudiences}) || (${inMesh} && ${isMeshToken('v.name', audience)})`),
    message: 'Tokens of this audience are the cluster’s.',
  },
  {
    // Whoever breaks into a pod has its token (CIS Kubernetes Benchmark 5.1.6). The cluster itself mounts one unless
    // the pod or its ServiceAccount says no.
    expression:
      `${parameter(API_TOKENS_ANNOTATION)} == 'true' || ` +
      eachToken(`!(${audience} == '' || ${audience}.startsWith('https://kubernetes.default'))`),
    message: 'The plan gives pods no token for the Kubernetes API: set automountServiceAccountToken to false.',
  },
];

const hardening: Validation[] = [
  {
    expression: `${parameter(USER_NAMESPACES_ANNOTATION)} != 'true' || object.spec.?hostUsers == optional.of(false)`,
    message: 'The plan demands user namespaces: set hostUsers to false.',
  },
  {
    expression:
      `${parameter(READ_ONLY_ROOT_ANNOTATION)} != 'true' || variables.containers.all(c, ` +
      'c.?securityContext.?readOnlyRootFilesystem.orValue(false))',
    message: 'The plan demands root filesystems that are read-only.',
  },
];

const emptyDirs: Validation = {
  // Without one it grows until the node is full, or the memory of the pod is, before anything counts it.
  expression:
    `${parameter(EMPTY_DIR_ANNOTATION)} != 'true' || object.spec.?volumes.orValue([]).all(v, ` +
    `!has(v.emptyDir) || has(v.emptyDir.sizeLimit) || (${inMesh} && ${isMeshVolume('v.name')}))`,
  message: 'The plan demands a sizeLimit of emptyDir volumes.',
};

/** What Kubernetes itself puts into a pod, and claims, which the quota counts. */
const volumeSources = [
  ...['configMap', 'downwardAPI', 'emptyDir', 'ephemeral', 'image', 'persistentVolumeClaim', 'projected', 'secret'],
];

const volumes: Validation = {
  // The node mounts the others: past the quota, the StorageClasses and the pod's own network policies. "baseline" allows
  // most of them, and "restricted" every CSI driver, some of which mount whatever server the pod names.
  expression:
    'object.spec.?volumes.orValue([]).all(v, ' +
    `${volumeSources.map((source) => `has(v.${source})`).join(' || ')} || ` +
    `(has(v.csi) && v.csi.driver in ${parameter(CSI_DRIVERS_ANNOTATION)}.split(',')))`,
  message: 'Pods mount claims, and nothing of servers that they name themselves.',
};

const metering: Validation = {
  // Admission writes it when a pod is made.
  expression:
    `object.metadata.?labels[?'${TENANT_LABEL}'].orValue(namespaceObject.metadata.labels['${TENANT_ID_LABEL}']) == ` +
    `namespaceObject.metadata.labels['${TENANT_ID_LABEL}']`,
  message: `The label ${TENANT_LABEL} says whose a pod is.`,
};

/** Pods, whoever makes them: most are made by controllers from what a tenant wrote. */
export function checkPods(): KubernetesObject[] {
  // Whose images the mesh's own containers run, `bulkhead-mesh-pods` looks at.
  const named = (list: string): string =>
    `object.spec.?${list}.orValue([]).filter(c, !${isMeshContainer('c.name')}).map(c, c.image)`;
  const ofVolumes = "object.spec.?volumes.orValue([]).filter(v, has(v.image)).map(v, v.image.?reference.orValue(''))";
  const kinds = ['containers', 'initContainers', 'ephemeralContainers'];
  const lists = [...kinds.map(named), ofVolumes];
  return validating(
    aboutPods('bulkhead-pods', [
      { name: 'images', expression: lists.join(' + ') },
      { name: 'containers', expression: kinds.map((list) => `object.spec.?${list}.orValue([])`).join(' + ') },
    ]),
    [...[...images, ...scheduling, ...tokens, ...hardening, volumes, emptyDirs].map(unlessSpecStays), metering],
  );
}
