import { GATEWAY_LABEL } from '../model/labels.js';
import { exemptIstiodGateways, isImpersonatedDeployer, exemptMeshStatusWrites } from './exemptions.js';
import { type BaselinePart } from './joined-policy.js';
import { isMeshContainer, isMeshVolume } from './mesh-containers.js';
import { marksAllowed, marksKept, markUnchanged } from './mesh-marks.js';
import { namesUser, runsAsProxy, USER_MESSAGE } from './mesh-pods.js';
import { MESH_ANNOTATION, parameter } from './parameters.js';
import { EXPORT_ANNOTATION, EXPORT_MANAGER } from './service-exports.js';
import { type AdmissionBaseline } from './admission-baseline.js';

type Known = Pick<AdmissionBaseline, 'mesh'>;

/**
 * Groups whose kinds all change what a mesh does, some of them mesh-wide (istio.io, Security Bulletin
 * ISTIO-SECURITY-2026-002). Tenants have no rights to them; this policy still applies if another role grants some.
 */
const meshGroups = [
  'networking.istio.io',
  'security.istio.io',
  'telemetry.istio.io',
  'extensions.istio.io',
  'config.istio.io',
  'policy.linkerd.io',
  'linkerd.io',
  'workload.linkerd.io',
  'multicluster.linkerd.io',
  // Services of other clusters, and experimental kinds of the Gateway API.
  'multicluster.x-k8s.io',
  'gateway.networking.x-k8s.io',
];

/** Reserves the configuration of the mesh for Bulkhead. */
export function forbidMeshKinds({ mesh }: Known): BaselinePart {
  return {
    name: 'mesh-kinds',
    rules: [{ apiGroups: meshGroups, resources: ['*/*'], operations: ['CREATE', 'UPDATE', 'DELETE'] }],
    conditions: [...exemptMeshStatusWrites(mesh)],
    validations: [
      { expression: 'false', message: 'The mesh is configured by Bulkhead; tenants cannot write its objects.' },
    ],
  };
}

/** Keeps Services and ServiceAccounts from configuring the mesh: neither their visibility nor their waypoint. */
export function checkMarks({ mesh }: Known): BaselinePart {
  return {
    name: 'mesh-marks',
    rules: [{ apiGroups: [''], resources: ['services', 'serviceaccounts'], operations: ['CREATE', 'UPDATE'] }],
    conditions: [...exemptIstiodGateways(mesh)],
    validations: (['labels', 'annotations'] as const).map((marks) => ({
      expression:
        `${marksAllowed('object.metadata', marks, 'objects', `${markUnchanged(marks)} || ${exported}`)} && ` +
        marksKept(marks, exported),
      message: `The ${marks} of a Service or ServiceAccount must not change how the mesh treats it.`,
    })),
  };
}

/** CEL over `key`: the worker exports a Service to the consumer of a link, or stops doing so. */
const exported =
  `(key == '${EXPORT_ANNOTATION}' && ${isImpersonatedDeployer} && ` +
  `request.options.fieldManager == '${EXPORT_MANAGER}')`;

/** Checks pod templates, before injection: everything in them was written by their author. */
export function checkTemplates({ mesh }: Known): BaselinePart {
  const operations = ['CREATE', 'UPDATE'] as const;
  const containers = '(variables.pod.?containers.orValue([]) + variables.pod.?initContainers.orValue([]))';
  return {
    name: 'templates',
    rules: [
      { apiGroups: ['apps'], resources: ['daemonsets', 'deployments', 'replicasets', 'statefulsets'], operations },
      { apiGroups: ['batch'], resources: ['cronjobs', 'jobs'], operations },
      { apiGroups: [''], resources: ['podtemplates', 'replicationcontrollers'], operations },
    ],
    conditions: [
      ...exemptIstiodGateways(mesh),
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
    validations: [
      {
        expression:
          `${containers}.all(c, !${isMeshContainer('c.name')} && !${runsAsProxy('c.?securityContext')}) && ` +
          `!${runsAsProxy('variables.pod.?securityContext')} && ` +
          `variables.pod.?volumes.orValue([]).all(v, !${isMeshVolume('v.name')})`,
        message: 'Templates must not contain containers, volumes or users (1337, 2102) of the mesh.',
      },
      {
        // Their pods would be refused later, where only events tell why. What a plan deploys is its author's.
        expression: `${isImpersonatedDeployer} || ${namesUser('variables.pod', containers)}`,
        message: USER_MESSAGE,
      },
      {
        expression: `${marksAllowed('variables.metadata', 'labels', 'pods')} && ${marksAllowed('variables.metadata', 'annotations', 'pods')}`,
        message: 'Labels and annotations of templates must not change how the mesh treats pods.',
      },
    ],
  };
}

/**
 * Protects the objects that istiod creates for a Gateway in a tenant's namespace: the tenant's traffic passes through
 * them.
 */
export function protectGateways({ mesh }: Known): BaselinePart {
  const operations = ['CREATE', 'UPDATE', 'DELETE'] as const;
  const isGateways = (of: string): string => `${of}.metadata.?labels[?'${GATEWAY_LABEL}'].orValue('') != ''`;
  return {
    name: 'mesh-gateways',
    rules: [
      { apiGroups: [''], resources: ['services', 'serviceaccounts'], operations },
      { apiGroups: ['apps'], resources: ['deployments', 'replicasets'], operations },
      { apiGroups: ['autoscaling'], resources: ['horizontalpodautoscalers'], operations },
      { apiGroups: ['policy'], resources: ['poddisruptionbudgets'], operations },
    ],
    conditions: [...exemptIstiodGateways(mesh)],
    validations: [
      {
        expression: `(request.operation == 'CREATE' || !(${isGateways('oldObject')})) && (request.operation == 'DELETE' || !(${isGateways('object')}))`,
        message: 'Objects that the mesh made for a Gateway belong to the mesh, and no other object can look like them.',
      },
    ],
  };
}

/** A shell in a proxy could send traffic as the proxy, bypassing it. */
export function closeProxies(): BaselinePart {
  const kind = parameter(MESH_ANNOTATION);
  return {
    name: 'mesh-proxies',
    rules: [{ apiGroups: [''], resources: ['pods/attach', 'pods/exec'], operations: ['CONNECT'] }],
    validations: [
      {
        // In an ambient mesh a pod with one container can be a waypoint, and then the request need not name the
        // container.
        expression:
          `${kind} == '' || (!${isMeshContainer("object.?container.orValue('')")} && ` +
          `(${kind} != 'istio-ambient' || object.?container.orValue('') != ''))`,
        message: 'Proxies of the mesh cannot be entered: name another container.',
      },
    ],
  };
}
