import { asDeployerOf, type KubeClient, type LiveObject, objectName } from '#kube';

import { type LinkProblem, type LinkResolution } from '../link-status.js';

/** Where a link leads: a Service by its namespace and name, and the numbers of its ports. */
export interface LinkTarget {
  namespace: string;
  service: string;
  ports: readonly number[];
}

/** What a look at the Service of a link has found: what the link opens, or why it cannot. */
export type Findings =
  { resolution: LinkResolution; problem: null } | { resolution: null; problem: Pick<LinkProblem, 'code' | 'message'> };

interface ServicePort {
  port: number;
  protocol?: string;
  /** Absent: as `port`. A name is that of a port that containers declare. */
  targetPort?: number | string;
}

interface ServiceSpec {
  type?: string;
  selector?: Record<string, string>;
  ports?: ServicePort[];
}

interface Container {
  restartPolicy?: string;
  ports?: { name?: string; protocol?: string; containerPort: number }[];
}

type PodSpec = { containers?: Container[]; initContainers?: Container[] } | undefined;

/** Pods of one Service that mean different numbers by one name are a change under way; more than this are a mistake. */
const MOST_MEANINGS = 4;

/** The object of a link's problem. */
export function serviceName({ namespace, service: name }: LinkTarget): string {
  return objectName({ apiVersion: 'v1', kind: 'Service', namespace, name });
}

/**
 * Reads the Service in the name of its namespace's deployer: a link can so never tell of what the tenant itself could
 * not see, and the worker needs no right on Services.
 * @throws KubeError, KubeUnreachable when it cannot be read
 */
export async function lookBehind(kube: KubeClient, target: LinkTarget): Promise<Findings> {
  const { namespace, service: name } = target;
  const service = await kube.get({ apiVersion: 'v1', kind: 'Service', namespace, name });
  if (service === null) return trouble('ServiceNotFound', `There is no Service "${name}" in ${namespace}.`);
  const spec = (service as LiveObject & { spec?: ServiceSpec }).spec ?? {};
  if (spec.type === 'ExternalName') {
    return trouble('ServiceIsExternalName', `The Service "${name}" in ${namespace} is another name for a host.`);
  }
  const podLabels = spec.selector ?? {};
  if (Object.keys(podLabels).length === 0) {
    return trouble('ServiceWithoutSelector', `The Service "${name}" in ${namespace} selects no pods.`);
  }
  return resolvePorts(
    target,
    spec.ports ?? [],
    podLabels,
    once(() => podsOf(kube, namespace, podLabels)),
  );
}

async function resolvePorts(
  { namespace, service, ports: wanted }: LinkTarget,
  offered: readonly ServicePort[],
  podLabels: Record<string, string>,
  pods: () => Promise<PodSpec[]>,
): Promise<Findings> {
  const ports: LinkResolution['ports'] = [];
  for (const port of wanted) {
    const same = offered.filter((each) => each.port === port);
    const found = same.find(({ protocol = 'TCP' }) => protocol === 'TCP');
    if (found === undefined) {
      return same.length === 0
        ? trouble('PortNotFound', `The Service "${service}" in ${namespace} has no port ${port}.`)
        : trouble('PortIsNotTcp', `The port ${port} of the Service "${service}" in ${namespace} is not one of TCP.`);
    }
    const { targetPort = port } = found;
    const numbers = typeof targetPort === 'number' ? [targetPort] : meanings(targetPort, await pods());
    const named = `The port ${port} of the Service "${service}" in ${namespace} leads to ports named "${targetPort}"`;
    if (numbers.length === 0) return trouble('TargetPortUnknown', `${named}, and none of its pods has one.`);
    if (numbers.length > MOST_MEANINGS) {
      return trouble('TargetPortAmbiguous', `${named}, and its pods have ${numbers.length} different ones.`);
    }
    ports.push(...numbers.map((number) => ({ port, targetPort: number })));
  }
  return { resolution: { podLabels, ports }, problem: null };
}

/** The numbers that pods have under the name of a port, in ascending order. */
function meanings(name: string, pods: readonly PodSpec[]): number[] {
  const numbers = pods.flatMap((pod) => {
    // Of the init containers, those that run on can be reached.
    const sidecars = (pod?.initContainers ?? []).filter(({ restartPolicy }) => restartPolicy === 'Always');
    const ports = [...(pod?.containers ?? []), ...sidecars].flatMap((container) => container.ports ?? []);
    return ports.filter((port) => port.name === name && (port.protocol ?? 'TCP') === 'TCP');
  });
  return [...new Set(numbers.map(({ containerPort }) => containerPort))].sort((a, b) => a - b);
}

async function podsOf(kube: KubeClient, namespace: string, labels: Record<string, string>): Promise<PodSpec[]> {
  const selector = Object.entries(labels).map((label) => label.join('='));
  const kind = { apiVersion: 'v1', kind: 'Pod', namespace };
  const pods = await kube.list(kind, selector.join(','), asDeployerOf(namespace));
  return pods.map((pod) => (pod as LiveObject & { spec?: PodSpec }).spec);
}

function trouble(code: LinkProblem['code'], message: string): Findings {
  return { resolution: null, problem: { code, message } };
}

function once<T>(ask: () => Promise<T>): () => Promise<T> {
  let answer: Promise<T> | null = null;
  return () => (answer ??= ask());
}
