import { type KubernetesObject } from '../model/kubernetes-object.js';
import { GATEWAY_LABEL } from '../model/labels.js';
import { isMeshAgent } from './exemptions.js';
import { isMeshContainer, isMeshVolume } from './mesh-containers.js';
import { marksAllowed, marksStay, markStood } from './mesh-marks.js';
import { MESH_ANNOTATION, MESH_IMAGES_ANNOTATION, MESH_PROXY_ANNOTATION, parameter } from './parameters.js';
import { aboutPods, mutating, unlessSpecStays, validating, type Validation } from './policy.js';
import { type Walls } from './walls.js';

/** On a pod that was sent with what only the mesh puts into pods. No such pod is ever stored. */
const IMITATION_ANNOTATION = 'bulkhead.io/imitates-mesh';

const mesh = parameter(MESH_ANNOTATION);
const hasSidecars = `${mesh} in ['istio-sidecar', 'linkerd']`;
const users = '[1337, 2102]';

/** The CEL condition that a security context runs what it is of as a proxy of a mesh. */
export const runsAsProxy = (context: string): string =>
  `(${context}.?runAsUser.orValue(0) in ${users} || ${context}.?runAsGroup.orValue(0) in ${users})`;

/**
 * Controllers make pods from templates, in which nothing of the mesh may stand (`checkTemplates`). An administrator of
 * the cluster could take the policies away.
 */
const byController =
  "(request.userInfo.?groups.orValue([]).exists(group, group in ['system:serviceaccounts:kube-system', 'system:masters']) || " +
  "request.userInfo.username == 'system:kube-controller-manager')";
const isWaypoint = (of: string): string => `${of}.metadata.?labels[?'${GATEWAY_LABEL}'].orValue('') != ''`;

const containers: Validation[] = [
  {
    expression:
      "variables.injected.all(c, c.name.startsWith(variables.family) && variables.family != '' && " +
      "variables.meshImages.exists(image, c.image.startsWith(image + ':') || c.image.startsWith(image + '@')))",
    message: 'Containers named like those of a mesh are of the mesh of this namespace, and run its images.',
  },
  {
    // They would be in the proxy's network and run before anything looks at them again.
    expression:
      `variables.ephemeral.all(c, !${isMeshContainer('c.name')} && !${isMeshContainer("c.?targetContainerName.orValue('')")}) && ` +
      `(variables.ephemeral.size() == 0 || !(${isWaypoint('object')}))`,
    message: 'Nobody looks into the proxies of the mesh.',
  },
  {
    expression: `!${runsAsProxy('object.spec.?securityContext')} && variables.others.all(c, !${runsAsProxy('c.?securityContext')})`,
    message: 'Users and groups 1337 and 2102 are the proxies’ of the mesh.',
  },
  {
    // What an image says of its user nobody can see here, and what the proxy's user sends is not caught. Where
    // processes may change their user, at less than "restricted", nothing is gained by asking.
    expression:
      `!(${hasSidecars}) || namespaceObject.metadata.labels[?'pod-security.kubernetes.io/enforce'].orValue('') != 'restricted' || ` +
      ['runAsUser', 'runAsGroup']
        .map(
          (field) =>
            `(has(object.spec.securityContext) && has(object.spec.securityContext.${field}) || ` +
            `variables.others.all(c, has(c.securityContext) && has(c.securityContext.${field})))`,
        )
        .join(' && '),
    message: 'In this mesh pods say as which user and group they run: set runAsUser and runAsGroup.',
  },
  {
    // Its certificates and tokens, and what it is configured by.
    expression:
      `${mesh} == '' || (variables.others.all(c, c.?volumeMounts.orValue([]).all(m, !${isMeshVolume('m.name')})) && ` +
      `variables.injected.all(c, c.?volumeMounts.orValue([]).all(m, ${isMeshVolume('m.name')} || m.name.startsWith('kube-api-access-'))))`,
    message: 'Volumes of the mesh are for its own containers, and those mount no others.',
  },
  {
    // Injectors skip pods for reasons of their own, and Linkerd's lets them through when it is away.
    expression:
      `request.operation != 'CREATE' || ${parameter(MESH_PROXY_ANNOTATION)} == '' || ` +
      `variables.injected.exists(c, c.name == ${parameter(MESH_PROXY_ANNOTATION)})`,
    message: 'Nothing put the proxy of the mesh into this pod: no pod runs outside of it.',
  },
];

/** What would take a pod, or its traffic, out of the mesh, or put it in the place of something of the mesh. */
const marks: Validation[] = (['labels', 'annotations'] as const).flatMap((map) => {
  const allowed = (of: 'pods' | 'injected-pods'): string => marksAllowed('object.metadata', map, of, markStood(map));
  return [
    {
      expression:
        `variables.byAgent || (request.operation == 'CREATE' && ${byController} && ${isWaypoint('object')}) || ` +
        `(${mesh} == '' ? ${allowed('pods')} : ${allowed('injected-pods')})`,
      message: `${map === 'labels' ? 'Labels' : 'Annotations'} of pods do not change how the mesh treats them.`,
    },
    {
      expression: `variables.byAgent || ${marksStay(map)}`,
      message: `What the mesh wrote on a pod stays: these are ${map}.`,
    },
  ];
});

/** Who put the containers of the mesh there. */
function provenance(mutates: boolean): Validation {
  if (mutates) {
    return {
      // A mutating policy put it there before any injector saw the pod.
      expression: `!('${IMITATION_ANNOTATION}' in object.metadata.?annotations.orValue({}))`,
      message: 'Only the mesh puts its containers, volumes, users and marks into pods.',
    };
  }
  return {
    // What was injected and what was sent look the same here, but templates are looked at before injection.
    expression: `request.operation != 'CREATE' || variables.injected.size() == 0 || ${byController}`,
    message: 'In this mesh pods are made by workloads: Deployments, StatefulSets, Jobs and the like.',
  };
}

/** What holds pods in their mesh, whoever makes them. */
export function checkMeshPods({ mutates, mesh: installed }: Pick<Walls, 'mutates' | 'mesh'>): KubernetesObject[] {
  const all = ['containers', 'initContainers'].map((list) => `object.spec.?${list}.orValue([])`).join(' + ');
  return validating(
    aboutPods('bulkhead-mesh-pods', [
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
    ]),
    [...marks, ...[provenance(mutates), ...containers].map(unlessSpecStays)],
  );
}

/**
 * Notes on a pod that it came with what only the mesh puts into pods. Mutating policies see a pod before webhooks do, and
 * this one is never asked again, so what an injector adds it does not see.
 */
export function markImitations(): KubernetesObject[] {
  const note = `'${IMITATION_ANNOTATION}'`;
  const all = ['containers', 'initContainers'].map((list) => `object.spec.?${list}.orValue([])`).join(' + ');
  const plain = `(${all}).all(c, !${isMeshContainer('c.name')})`;
  const plainInMesh = [
    `object.spec.?volumes.orValue([]).all(v, !${isMeshVolume('v.name')})`,
    marksAllowed('object.metadata', 'labels', 'pods'),
    marksAllowed('object.metadata', 'annotations', 'pods'),
  ].join(' && ');
  return mutating(
    {
      name: 'bulkhead-mesh-imitations',
      rules: [{ apiGroups: [''], resources: ['pods'], operations: ['CREATE'] }],
      conditions: [
        // A waypoint's template is istiod's, and its pods have nothing injected.
        { name: 'not-a-waypoint', expression: `!(${byController} && ${isWaypoint('object')})` },
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
