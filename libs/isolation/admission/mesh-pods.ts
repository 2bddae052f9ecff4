import { type KubernetesObject } from '../model/kubernetes-object.js';
import { GATEWAY_LABEL } from '../model/labels.js';
import { byController, isMeshAgent } from './exemptions.js';
import { isMeshContainer, isMeshVolume } from './mesh-containers.js';
import { isMark, marksAllowed, marksKept, markUnchanged } from './mesh-marks.js';
import { MESH_ANNOTATION, MESH_IMAGES_ANNOTATION, MESH_PROXY_ANNOTATION, parameter } from './parameters.js';
import { mutating, unlessSpecStays, type Validation, type Variable } from './policy.js';
import { type AdmissionBaseline } from './admission-baseline.js';

/** On a pod that was submitted with parts that only the mesh can inject. No such pod is ever stored. */
const IMITATION_ANNOTATION = 'bulkhead.io/imitates-mesh';

const mesh = parameter(MESH_ANNOTATION);
const hasSidecars = `${mesh} in ['istio-sidecar', 'linkerd']`;
const users = '[1337, 2102]';

/** CEL: a security context runs its pod or container as a proxy of a mesh. */
export const runsAsProxy = (context: string): string =>
  `(${context}.?runAsUser.orValue(0) in ${users} || ${context}.?runAsGroup.orValue(0) in ${users})`;

/**
 * CEL: a pod of a mesh with sidecars names the user that it runs as, and in Istio the group. The user and group of an
 * image are not visible to admission, and traffic of the proxy's own is not captured: by Linkerd of its user, by Istio of
 * its group as well. Below "restricted", where processes can change their user, the check would gain nothing.
 * @param spec of the pod
 * @param containers of the pod, without those of the mesh
 */
export function namesUser(spec: string, containers: string): string {
  const isNamed = (field: string): string =>
    `(${spec}.?securityContext.?${field}.hasValue() || ${containers}.all(c, c.?securityContext.?${field}.hasValue()))`;
  return (
    `!(${hasSidecars}) || namespaceObject.metadata.labels[?'pod-security.kubernetes.io/enforce'].orValue('') != 'restricted' || ` +
    `(${isNamed('runAsUser')} && (${mesh} == 'linkerd' || ${isNamed('runAsGroup')}))`
  );
}

export const USER_MESSAGE = 'In this mesh pods must set runAsUser, and with Istio runAsGroup.';

const isWaypoint = (of: string): string => `${of}.metadata.?labels[?'${GATEWAY_LABEL}'].orValue('') != ''`;

const containers: Validation[] = [
  {
    expression:
      "variables.injected.all(c, c.name.startsWith(variables.family) && variables.family != '' && " +
      "variables.meshImages.exists(image, c.image.startsWith(image + ':') || c.image.startsWith(image + '@')))",
    message: 'Containers named like those of a mesh must belong to the mesh of this namespace and run its images.',
  },
  {
    // They would share the proxy's network and run before any further check.
    expression:
      `variables.ephemeral.all(c, !${isMeshContainer('c.name')} && !${isMeshContainer("c.?targetContainerName.orValue('')")}) && ` +
      `(variables.ephemeral.size() == 0 || !(${isWaypoint('object')}))`,
    message: 'Ephemeral containers must not target proxies of the mesh.',
  },
  {
    expression: `!${runsAsProxy('object.spec.?securityContext')} && variables.others.all(c, !${runsAsProxy('c.?securityContext')})`,
    message: 'Users and groups 1337 and 2102 are reserved for the proxies of the mesh.',
  },
  {
    expression: namesUser('object.spec', 'variables.others'),
    message: USER_MESSAGE,
  },
  {
    // The proxy's certificates, tokens and configuration.
    expression:
      `${mesh} == '' || (variables.others.all(c, c.?volumeMounts.orValue([]).all(m, !${isMeshVolume('m.name')})) && ` +
      `variables.injected.all(c, c.?volumeMounts.orValue([]).all(m, ${isMeshVolume('m.name')} || m.name.startsWith('kube-api-access-'))))`,
    message: 'Volumes of the mesh are for its own containers, which must not mount others.',
  },
  {
    // Injectors skip pods for various reasons, and Linkerd lets pods through while its injector is down.
    expression:
      `request.operation != 'CREATE' || ${parameter(MESH_PROXY_ANNOTATION)} == '' || ` +
      `variables.injected.exists(c, c.name == ${parameter(MESH_PROXY_ANNOTATION)})`,
    message: 'The proxy of the mesh was not injected: pods cannot run outside the mesh.',
  },
];

/** Refuses marks that take a pod or its traffic out of the mesh, or make it look like a part of the mesh. */
const marks: Validation[] = (['labels', 'annotations'] as const).flatMap((map) => {
  const allowed = (of: 'pods' | 'injected-pods'): string =>
    marksAllowed('object.metadata', map, of, markUnchanged(map));
  return [
    {
      expression:
        `variables.byAgent || (request.operation == 'CREATE' && ${byController} && ${isWaypoint('object')}) || ` +
        `(${mesh} == '' ? ${allowed('pods')} : ${allowed('injected-pods')})`,
      message: `${map === 'labels' ? 'Labels' : 'Annotations'} of pods must not change how the mesh treats them.`,
    },
    {
      expression: `variables.byAgent || ${marksKept(map)}`,
      message: `The ${map} that the mesh wrote on a pod must stay.`,
    },
  ];
});

/** Checks that the containers of the mesh were injected by the mesh. */
function provenance(mutates: boolean): Validation {
  if (mutates) {
    return {
      // A mutating policy sets it before any injector sees the pod.
      expression: `!('${IMITATION_ANNOTATION}' in object.metadata.?annotations.orValue({}))`,
      message: 'Only the mesh can put its containers, volumes, users and marks into pods.',
    };
  }
  return {
    // Injected and submitted containers look the same here, but templates are checked before injection.
    expression: `request.operation != 'CREATE' || variables.injected.size() == 0 || ${byController}`,
    message: 'In this mesh pods must be created by workloads: Deployments, StatefulSets, Jobs and the like.',
  };
}

/** Keeps pods in their mesh, whoever creates them: a part of the policy about pods. */
export function checkMeshPods({ mutates, mesh: installed }: Pick<AdmissionBaseline, 'mutates' | 'mesh'>): {
  variables: Variable[];
  validations: Validation[];
} {
  const all = ['containers', 'initContainers'].map((list) => `object.spec.?${list}.orValue([])`).join(' + ');
  return {
    variables: [
      { name: 'byAgent', expression: isMeshAgent(installed) },
      {
        name: 'family',
        expression: `${mesh}.startsWith('istio-') ? 'istio-' : ${mesh} == 'linkerd' ? 'linkerd-' : ''`,
      },
      {
        name: 'meshImages',
        expression: `${parameter(MESH_IMAGES_ANNOTATION)}.split(',').filter(image, image != '')`,
      },
      { name: 'ephemeral', expression: 'object.spec.?ephemeralContainers.orValue([])' },
      { name: 'injected', expression: `(${all}).filter(c, ${isMeshContainer('c.name')})` },
      { name: 'others', expression: `(${all}).filter(c, !${isMeshContainer('c.name')}) + variables.ephemeral` },
    ],
    validations: [...marks, ...[provenance(mutates), ...containers].map(unlessSpecStays)],
  };
}

/**
 * Marks a pod that was submitted with parts that only the mesh can inject. Mutating policies run before webhooks, and
 * this one is never reinvoked, so it does not see what an injector adds.
 */
export function markImitations(): KubernetesObject[] {
  const note = `'${IMITATION_ANNOTATION}'`;
  const all = ['containers', 'initContainers'].map((list) => `object.spec.?${list}.orValue([])`).join(' + ');
  const plain = `(${all}).all(c, !${isMeshContainer('c.name')})`;
  const noVolumes = `object.spec.?volumes.orValue([]).all(v, !${isMeshVolume('v.name')})`;
  const plainInMesh = [
    noVolumes,
    marksAllowed('object.metadata', 'labels', 'pods'),
    marksAllowed('object.metadata', 'annotations', 'pods'),
  ].join(' && ');
  const noMarks = (['labels', 'annotations'] as const).map(
    (marks) => `!object.metadata.?${marks}.orValue({}).exists(key, ${isMark('key')})`,
  );
  return mutating(
    {
      name: 'bulkhead-mesh-imitations',
      rules: [{ apiGroups: [''], resources: ['pods'], operations: ['CREATE'] }],
      conditions: [
        // The template of a waypoint comes from istiod, and nothing is injected into its pods.
        { name: 'not-a-waypoint', expression: `!(${byController} && ${isWaypoint('object')})` },
        // A mutation costs as much if it changes nothing. Conditions do not see the namespace, so this one leaves out only
        // pods that would be left alone in every mesh.
        { name: 'has-parts-or-marks', expression: `!(${[plain, noVolumes, ...noMarks].join(' && ')})` },
      ],
      once: true,
    },
    [
      `${plain} && (${mesh} == '' || (${plainInMesh})) ? [] : has(object.metadata.annotations) ? ` +
        `[JSONPatch{op: 'add', path: '/metadata/annotations/' + jsonpatch.escapeKey(${note}), value: 'true'}] : ` +
        `[JSONPatch{op: 'add', path: '/metadata/annotations', value: {${note}: 'true'}}]`,
    ],
  );
}
