import { AppsV1Api, CoordinationV1Api, type V1Deployment, V1MicroTime } from '@kubernetes/client-node';

import { type Cluster } from './cluster.js';
import { eventually } from './eventually.js';

const NODE = 'mesh-node';

/** A pod, with a Service named after its `app`. */
export interface MeshPod {
  namespace: string;
  name: string;
  app: string;
  ip: string;
  ports: number[];
  labels: Record<string, string>;
  /** The address of the Service. */
  serviceIp: string;
}

/**
 * Starts a node without a kubelet that is ready while its lease is renewed: without a node, no pod would be behind a
 * Service.
 */
export async function startNode(cluster: Cluster): Promise<{ stop: () => void }> {
  const now = (): Date => new Date();
  await cluster.core.createNode({ body: { metadata: { name: NODE } } });
  const condition = {
    type: 'Ready',
    status: 'True',
    reason: 'KubeletReady',
    message: 'kubelet is posting ready status',
  };
  const status = { conditions: [{ ...condition, lastHeartbeatTime: now(), lastTransitionTime: now() }] };
  await cluster.core.replaceNodeStatus({ name: NODE, body: { metadata: { name: NODE }, status } });
  const leases = cluster.client(CoordinationV1Api);
  const place = { namespace: 'kube-node-lease', name: NODE };
  const spec = { holderIdentity: NODE, leaseDurationSeconds: 40, renewTime: new V1MicroTime() };
  await leases.createNamespacedLease({ namespace: place.namespace, body: { metadata: { name: NODE }, spec } });
  let stopped = false;
  const renew = async (): Promise<void> => {
    const body = await leases.readNamespacedLease(place);
    body.spec = { ...spec, renewTime: new V1MicroTime() };
    await leases.replaceNamespacedLease({ ...place, body });
  };
  const timer = setInterval(() => {
    renew().catch((error: unknown) => {
      if (!stopped) console.error('The lease of the node was not renewed:', error);
    });
  }, 5_000);
  return {
    stop: () => {
      stopped = true;
      clearInterval(timer);
    },
  };
}

/**
 * Creates a ready pod, through a Deployment, and a Service for it. The mesh's webhook has modified the pod.
 * @param annotations that the mesh's CNI plugin writes on the pod
 */
export async function newMeshPod(
  cluster: Cluster,
  place: Pick<MeshPod, 'namespace' | 'app' | 'ip' | 'ports'>,
  annotations: Record<string, string> = {},
): Promise<MeshPod> {
  const { namespace, app, ip, ports } = place;
  const apps = cluster.client(AppsV1Api);
  await apps.createNamespacedDeployment({ namespace, body: deployment(app, ports) });
  const made = await eventually(`a pod of ${namespace}/${app}`, async () => {
    const { items } = await cluster.core.listNamespacedPod({ namespace, labelSelector: `app=${app}` });
    if (items[0] !== undefined) return items[0];
    const { status } = await apps.readNamespacedDeployment({ namespace, name: app });
    const failure = status?.conditions?.find(({ type }) => type === 'ReplicaFailure');
    throw new Error(failure?.message ?? 'no pod yet');
  });
  const name = made.metadata?.name ?? '';
  // Imitates the scheduler, the kubelet and the mesh's CNI plugin.
  const binding = { metadata: { name }, target: { kind: 'Node', name: NODE } };
  await cluster.core.createNamespacedPodBinding({ namespace, name, body: binding });
  const conditions = ['Ready', 'ContainersReady', 'Initialized', 'PodScheduled'].map((type) => ({
    type,
    status: 'True',
    lastTransitionTime: new Date(),
  }));
  const status = { phase: 'Running', podIP: ip, podIPs: [{ ip }], conditions, startTime: new Date() };
  const bound = await cluster.core.readNamespacedPod({ namespace, name });
  Object.assign(bound, { status });
  if (bound.metadata) bound.metadata.annotations = Object.assign({}, bound.metadata.annotations, annotations);
  await cluster.core.replaceNamespacedPodStatus({ namespace, name, body: bound });
  const named = ports.map((port) => ({ name: `http-${port}`, port, targetPort: port }));
  const { spec } = await cluster.core.createNamespacedService({
    namespace,
    body: { metadata: { name: app }, spec: { selector: { app }, ports: named } },
  });
  return { ...place, name, labels: made.metadata?.labels ?? {}, serviceIp: spec?.clusterIP ?? '' };
}

function deployment(app: string, ports: number[]): V1Deployment {
  const labels = { app };
  const securityContext = { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } };
  const container = { name: 'app', image: 'registry.example/app:1', securityContext };
  const template = {
    metadata: { labels },
    spec: {
      automountServiceAccountToken: false,
      securityContext: {
        runAsNonRoot: true,
        runAsUser: 1_000,
        runAsGroup: 1_000,
        seccompProfile: { type: 'RuntimeDefault' },
      },
      containers: [{ ...container, ports: ports.map((containerPort) => ({ containerPort })) }],
    },
  };
  return { metadata: { name: app }, spec: { selector: { matchLabels: labels }, template } };
}

/** Returns the token that proves a ServiceAccount to istiod: the one that injection mounts into its pods. */
export async function meshToken(cluster: Cluster, namespace: string, name = 'default'): Promise<string> {
  const body = { spec: { audiences: ['istio-ca'], expirationSeconds: 3_600 } };
  const { status } = await cluster.core.createNamespacedServiceAccountToken({ namespace, name, body });
  return status?.token ?? '';
}
