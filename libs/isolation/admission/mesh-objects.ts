import { type KubernetesObject } from '../model/kubernetes-object.js';
import { GATEWAY_LABEL } from '../model/labels.js';
import { gatewaysOfIstiod, isImpersonatedDeployer, meshNotesStatus, platformExempt } from './exemptions.js';
import { isMeshContainer, isMeshVolume } from './mesh-containers.js';
import { marksAllowed, marksStay, markStood } from './mesh-marks.js';
import { runsAsProxy } from './mesh-pods.js';
import { MESH_ANNOTATION, parameter } from './parameters.js';
import { validating } from './policy.js';
import { EXPORT_ANNOTATION, EXPORT_MANAGER } from './service-exports.js';
import { type Walls } from './walls.js';

type Known = Pick<Walls, 'provisioner' | 'mesh'>;

/**
 * Groups all of whose kinds change what a mesh does, some of them for everybody in it (istio.io, Security Bulletin
 * ISTIO-SECURITY-2026-002). Tenants have no right to them; this holds where some other role gives it.
 */
const meshGroups = [
  ...['networking.istio.io', 'security.istio.io', 'telemetry.istio.io', 'extensions.istio.io', 'config.istio.io'],
  ...['policy.linkerd.io', 'linkerd.io', 'workload.linkerd.io', 'multicluster.linkerd.io'],
  // Services of other clusters, and the Gateway API's kinds that are still tried out.
  ...['multicluster.x-k8s.io', 'gateway.networking.x-k8s.io'],
];

/** What a mesh does is Bulkhead's to say. */
export function forbidMeshKinds({ provisioner, mesh }: Known): KubernetesObject[] {
  return validating(
    {
      name: 'bulkhead-mesh-kinds',
      rules: [{ apiGroups: meshGroups, resources: ['*/*'], operations: ['CREATE', 'UPDATE', 'DELETE'] }],
      conditions: [...platformExempt(provisioner), ...meshNotesStatus(mesh)],
    },
    [{ expression: 'false', message: 'What the mesh does is said by Bulkhead, not by objects of tenants.' }],
  );
}

/** Services and accounts tell the mesh nothing: not who sees them, nor which waypoint they are behind. */
export function checkMarks({ provisioner, mesh }: Known): KubernetesObject[] {
  return validating(
    {
      name: 'bulkhead-mesh-marks',
      rules: [{ apiGroups: [''], resources: ['services', 'serviceaccounts'], operations: ['CREATE', 'UPDATE'] }],
      conditions: [...platformExempt(provisioner), ...gatewaysOfIstiod(mesh)],
    },
    (['labels', 'annotations'] as const).map((marks) => ({
      expression:
        `${marksAllowed('object.metadata', marks, 'objects', `${markStood(marks)} || ${exported}`)} && ` +
        marksStay(marks, exported),
      message: `What the mesh makes of a Service or ServiceAccount is not for its ${marks} to say.`,
    })),
  );
}

/** The CEL condition over `key` that the worker tells the consumer of a link of a Service, or no longer. */
const exported =
  `(key == '${EXPORT_ANNOTATION}' && ${isImpersonatedDeployer} && ` +
  `request.options.fieldManager == '${EXPORT_MANAGER}')`;

/** Templates of pods, before anything is injected: what stands in them somebody wrote. */
export function checkTemplates({ provisioner, mesh }: Known): KubernetesObject[] {
  const operations = ['CREATE', 'UPDATE'] as const;
  const containers = '(variables.pod.?containers.orValue([]) + variables.pod.?initContainers.orValue([]))';
  return validating(
    {
      name: 'bulkhead-templates',
      rules: [
        { apiGroups: ['apps'], resources: ['daemonsets', 'deployments', 'replicasets', 'statefulsets'], operations },
        { apiGroups: ['batch'], resources: ['cronjobs', 'jobs'], operations },
        { apiGroups: [''], resources: ['podtemplates', 'replicationcontrollers'], operations },
      ],
      conditions: [
        ...platformExempt(provisioner),
        ...gatewaysOfIstiod(mesh),
        {
          name: 'template-changes',
          expression:
            "request.operation == 'CREATE' || object.?spec != oldObject.?spec || object.?template != oldObject.?template",
        },
      ],
      variables: [
        {
          name: 'template',
          expression:
            'object.?template.orValue(object.?spec.?jobTemplate.?spec.?template.orValue(object.?spec.?template.orValue({})))',
        },
        { name: 'pod', expression: 'variables.template.?spec.orValue({})' },
        { name: 'metadata', expression: 'variables.template.?metadata.orValue({})' },
      ],
    },
    [
      {
        expression:
          `${containers}.all(c, !${isMeshContainer('c.name')} && !${runsAsProxy('c.?securityContext')}) && ` +
          `!${runsAsProxy('variables.pod.?securityContext')} && ` +
          `variables.pod.?volumes.orValue([]).all(v, !${isMeshVolume('v.name')})`,
        message: 'Containers, volumes and users of the mesh stand in no template.',
      },
      {
        expression: `${marksAllowed('variables.metadata', 'labels', 'pods')} && ${marksAllowed('variables.metadata', 'annotations', 'pods')}`,
        message: 'Labels and annotations of templates do not change how the mesh treats pods.',
      },
    ],
  );
}

/** What istiod makes for a Gateway in a tenant's namespace is in the way of the tenant's traffic. */
export function protectGateways({ provisioner, mesh }: Known): KubernetesObject[] {
  const operations = ['CREATE', 'UPDATE', 'DELETE'] as const;
  const isGateways = (of: string): string => `${of}.metadata.?labels[?'${GATEWAY_LABEL}'].orValue('') != ''`;
  return validating(
    {
      name: 'bulkhead-mesh-gateways',
      rules: [
        { apiGroups: [''], resources: ['services', 'serviceaccounts'], operations },
        { apiGroups: ['apps'], resources: ['deployments', 'replicasets'], operations },
        { apiGroups: ['autoscaling'], resources: ['horizontalpodautoscalers'], operations },
        { apiGroups: ['policy'], resources: ['poddisruptionbudgets'], operations },
      ],
      conditions: [...platformExempt(provisioner), ...gatewaysOfIstiod(mesh)],
    },
    [
      {
        expression: `(request.operation == 'CREATE' || !(${isGateways('oldObject')})) && (request.operation == 'DELETE' || !(${isGateways('object')}))`,
        message: 'What the mesh made for a Gateway is the mesh’s, and nothing else looks like it.',
      },
    ],
  );
}

/** A shell in a proxy sends as the proxy does: past it. */
export function closeProxies({ provisioner }: Known): KubernetesObject[] {
  const kind = parameter(MESH_ANNOTATION);
  return validating(
    {
      name: 'bulkhead-mesh-proxies',
      rules: [{ apiGroups: [''], resources: ['pods/attach', 'pods/exec'], operations: ['CONNECT'] }],
      conditions: platformExempt(provisioner),
    },
    [
      {
        // In an ambient mesh a pod of one container may be a waypoint, whose container need not be named.
        expression:
          `${kind} == '' || (!${isMeshContainer("object.?container.orValue('')")} && ` +
          `(${kind} != 'istio-ambient' || object.?container.orValue('') != ''))`,
        message: 'Nobody works in the proxies of the mesh: name another container.',
      },
    ],
  );
}
