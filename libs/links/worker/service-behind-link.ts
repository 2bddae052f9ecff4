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

/**
 * Kubernetes takes a selector of megabytes. Bulkhead writes it into policies on both sides, and in some meshes into many
 * of them.
 */
const MOST_LABELS = 16;
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
  const count = Object.keys(podLabels).length;
  if (count > MOST_LABELS) {
    return problem(
      'ServiceSelectorTooLarge',
      `The Service "${name}" in ${namespace} selects its pods by ${count} labels; links allow ${MOST_LABELS}.`,
    );
  }
  return resolvePorts(target, spec.ports ?? [], podLabels, numbersAmong(kube, namespace, podLabels));
}

async function resolvePorts(
  { namespace, service, ports: wanted }: LinkTarget,
  offered: readonly ServicePort[],
  podLabels: Record<string, string>,
  numbersOf: (name: string) => Promise<number[]>,
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
    const numbers = typeof targetPort === 'number' ? [targetPort] : await numbersOf(targetPort);
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

/**
 * Returns a function that returns the numbers that pods declare for a port name, in ascending order. The pods are read
 * at most once, page by page: only their ports are kept.
 */
function numbersAmong(
  kube: KubeClient,
  namespace: string,
  labels: Record<string, string>,
): (name: string) => Promise<number[]> {
  const labelSelector = Object.entries(labels)
    .map((label) => label.join('='))
    .join(',');
  const kind = { apiVersion: 'v1', kind: 'Pod', namespace };
  const read = once(async () => {
    const numbers = new Map<string, Set<number>>();
    for await (const page of kube.pages(kind, { labelSelector, headers: asDeployerOf(namespace) })) {
      for (const pod of page) notePorts(numbers, (pod as LiveObject & { spec?: PodSpec }).spec);
    }
    return numbers;
  });
  return async (name) => [...((await read()).get(name) ?? [])].sort((a, b) => a - b);
}

function notePorts(numbers: Map<string, Set<number>>, pod: PodSpec): void {
  // Restartable init containers keep running, so they can be reached.
  const sidecars = (pod?.initContainers ?? []).filter(({ restartPolicy }) => restartPolicy === 'Always');
  for (const { name = '', protocol = 'TCP', containerPort } of [...(pod?.containers ?? []), ...sidecars].flatMap(
    (container) => container.ports ?? [],
  )) {
    if (protocol === 'TCP') numbers.set(name, (numbers.get(name) ?? new Set()).add(containerPort));
  }
}

function problem(code: LinkProblem['code'], message: string): Findings {
  return { resolution: null, problem: { code, message } };
}

function once<T>(ask: () => Promise<T>): () => Promise<T> {
  let answer: Promise<T> | null = null;
  return () => (answer ??= ask());
}
