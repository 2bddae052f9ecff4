import { asDeployerOf, type KubeClient, type LiveObject, objectName } from '#kube';

import { type LinkProblem, type LinkResolution } from '../link-status.js';

/** The target of a link: a Service by its namespace and name, and port numbers. */
export interface LinkTarget {
  namespace: string;
  service: string;
  ports: readonly number[];
}

/** The result of resolving a link's Service: what the link opens, or why it cannot. */
export type Findings =
  { resolution: LinkResolution; problem: null } | { resolution: null; problem: Pick<LinkProblem, 'code' | 'message'> };

interface ServicePort {
  port: number;
  protocol?: string;
  /** Defaults to `port`. A name refers to a port that containers declare. */
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

/** Pods can use different numbers for a port name during a rollout; more numbers than this are a mistake. */
const MOST_NUMBERS = 4;

/** Names the Service as the object of a link's problem. */
export function serviceName({ namespace, service: name }: LinkTarget): string {
  return objectName({ apiVersion: 'v1', kind: 'Service', namespace, name });
}

/**
 * Reads the Service as its namespace's deployer: so a link cannot reveal what the tenant itself cannot see, and the
 * worker needs no rights on Services.
 * @throws KubeError, KubeUnreachable when it cannot be read
 */
export async function resolveService(kube: KubeClient, target: LinkTarget): Promise<Findings> {
  const { namespace, service: name } = target;
  const service = await kube.get({ apiVersion: 'v1', kind: 'Service', namespace, name });
  if (service === null) return problem('ServiceNotFound', `There is no Service "${name}" in ${namespace}.`);
  const spec = (service as LiveObject & { spec?: ServiceSpec }).spec ?? {};
  if (spec.type === 'ExternalName') {
    return problem(
      'ServiceIsExternalName',
      `The Service "${name}" in ${namespace} is an alias of an external host (ExternalName).`,
    );
  }
  const podLabels = spec.selector ?? {};
  if (Object.keys(podLabels).length === 0) {
    return problem('ServiceWithoutSelector', `The Service "${name}" in ${namespace} selects no pods.`);
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
        ? problem('PortNotFound', `The Service "${service}" in ${namespace} has no port ${port}.`)
        : problem('PortIsNotTcp', `Port ${port} of the Service "${service}" in ${namespace} is not a TCP port.`);
    }
    const { targetPort = port } = found;
    const numbers = typeof targetPort === 'number' ? [targetPort] : numbersOf(targetPort, await pods());
    const named = `Port ${port} of the Service "${service}" in ${namespace} targets the port name "${targetPort}"`;
    if (numbers.length === 0) return problem('TargetPortUnknown', `${named}, which none of its pods declares.`);
    if (numbers.length > MOST_NUMBERS) {
      return problem(
        'TargetPortAmbiguous',
        `${named}, for which its pods declare ${numbers.length} different numbers.`,
      );
    }
    ports.push(...numbers.map((number) => ({ port, targetPort: number })));
  }
  return { resolution: { podLabels, ports }, problem: null };
}

/** The numbers that pods declare for a port name, in ascending order. */
function numbersOf(name: string, pods: readonly PodSpec[]): number[] {
  const numbers = pods.flatMap((pod) => {
    // Restartable init containers keep running, so they can be reached.
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

function problem(code: LinkProblem['code'], message: string): Findings {
  return { resolution: null, problem: { code, message } };
}

function once<T>(ask: () => Promise<T>): () => Promise<T> {
  let answer: Promise<T> | null = null;
  return () => (answer ??= ask());
}
