import { type KubernetesObject } from '@kubernetes/client-node';

import { type Attempts, type Json, type Makers } from './makers.js';

/** Attempts to get what is scarce, or what all tenants share: devices, nodes, volumes, the cluster's database. */
export function scarceEscapes(
  { core, pod, container, claim, service, deployment, ingress, policy, binding, person }: Makers,
  host: () => string,
): Attempts {
  const limited = (limits: Json): KubernetesObject => pod({ containers: [{ ...container, resources: { limits } }] });
  const withDevice = (name: string): KubernetesObject =>
    limited({ cpu: '10m', memory: '4Mi', [name]: name.startsWith('hugepages') ? '2Mi' : '1' });
  const fpga = 'example.com/fpga';
  const devices = 'Pods can request CPU, memory, ephemeral-storage and the devices';
  const tolerating = (name: string): KubernetesObject =>
    pod({ tolerations: [{ key: `node.kubernetes.io/${name}`, operator: 'Exists' }] });
  const onNodes = (term: Json): KubernetesObject =>
    pod({
      affinity: { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [term] } } },
    });
  const expression = (key: string, operator: string): Json => ({
    matchExpressions: [{ key, operator, ...(operator.endsWith('In') && { values: ['a'] }) }],
  });
  const balancer = (externalTrafficPolicy: string): KubernetesObject =>
    service({ type: 'LoadBalancer', allocateLoadBalancerNodePorts: false, externalTrafficPolicy });
  const lasting = (object: KubernetesObject): KubernetesObject =>
    Object.assign(object, { metadata: Object.assign(object.metadata ?? {}, { finalizers: ['example.com/hold'] }) });
  const inTenant = (): KubernetesObject => policy({ egress: [{ to: [{ podSelector: {} }] }] });
  const viewing = (): KubernetesObject => binding('bulkhead-tenant-viewer', person);
  const keeping = (revisionHistoryLimit: number): KubernetesObject => {
    const object = deployment(1) as KubernetesObject & { spec: Json };
    return { ...object, spec: { ...object.spec, revisionHistoryLimit } } as KubernetesObject;
  };
  return {
    'a device that the plan does not name': [() => withDevice('nvidia.com/gpu'), () => withDevice(fpga), devices],
    'a device by its DeviceClass': [
      () => withDevice('deviceclass.resource.kubernetes.io/gpu'),
      () => withDevice(fpga),
      devices,
    ],
    'huge pages': [() => withDevice('hugepages-2Mi'), () => withDevice(fpga), devices],
    'a device for a whole pod': [
      () => pod({ resources: { limits: { cpu: '500m', memory: '512Mi', 'hugepages-2Mi': '2Mi' } } }),
      () => pod({ resources: { limits: { cpu: '500m', memory: '512Mi' } } }),
      devices,
    ],
    'a device by a resource claim': [
      () => pod({ resourceClaims: [{ name: 'gpu', resourceClaimName: 'gpu' }] }),
      () => pod({}),
      'must not use resource claims',
    ],
    'a resource claim for its pods': [
      () => ({ ...core('ResourceClaim', { spec: {} }), apiVersion: 'resource.k8s.io/v1' }),
      () => core('ConfigMap', {}),
      'cannot write this kind of object',
    ],
    'a template of resource claims': [
      () => ({ ...core('ResourceClaimTemplate', { spec: { spec: {} } }), apiVersion: 'resource.k8s.io/v1' }),
      () => core('ConfigMap', {}),
      'cannot write this kind of object',
    ],
    'a cordoned node': [() => tolerating('unschedulable'), () => tolerating('unreachable'), 'can tolerate only'],
    'a node of the control plane': [
      () => pod({ nodeSelector: { 'node-role.kubernetes.io/control-plane': '' } }),
      () => pod({ nodeSelector: { 'kubernetes.io/os': 'linux' } }),
      'by its name or role',
    ],
    'a node of the control plane by affinity': [
      () => onNodes(expression('node-role.kubernetes.io/control-plane', 'Exists')),
      () => onNodes(expression('node-role.kubernetes.io/control-plane', 'DoesNotExist')),
      'by its name or role',
    ],
    'a node by its label': [
      () => onNodes(expression('kubernetes.io/hostname', 'In')),
      () => onNodes(expression('topology.kubernetes.io/zone', 'In')),
      'by its name or role',
    ],
    'a node by its field': [
      () => onNodes({ matchFields: [{ key: 'metadata.name', operator: 'In', values: ['node-1'] }] }),
      () => onNodes(expression('kubernetes.io/arch', 'In')),
      'by its name or role',
    ],
    'any free volume without a class': [
      () => claim({ storageClassName: '' }),
      () => claim({}),
      'Claims must name a StorageClass',
    ],
    'a faster volume by its attributes': [
      () => claim({ volumeAttributesClassName: 'gold' }),
      () => claim({}),
      'VolumeAttributesClass',
    ],
    'the node port of a health check': [
      () => balancer('Local'),
      () => balancer('Cluster'),
      'no node port for health checks',
    ],
    'a binding that outlives its deletion': [() => lasting(viewing()), viewing, 'must not have finalizers'],
    'a policy that outlives its deletion': [() => lasting(inTenant()), inTenant, 'must not have finalizers'],
    'copies without end in the database': [() => keeping(21), () => keeping(20), 'at most 20 old revisions'],
    'a certificate of any issuer': [
      () => ingress(host(), {}, { annotations: { 'cert-manager.io/issuer-kind': 'Any' } }),
      () => ingress(host(), {}, { annotations: { 'cert-manager.io/issuer': 'acme' } }),
      'must not carry annotations',
    ],
    'a backend that is no Service': [
      () =>
        ingress(
          host(),
          {},
          {},
          {
            path: '/',
            pathType: 'Prefix',
            backend: { resource: { apiGroup: 'k8s.example', kind: 'Bucket', name: 'b' } },
          },
        ),
      () => ingress(host()),
      'must be Services',
    ],
  };
}
