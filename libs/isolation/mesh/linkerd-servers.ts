import { fingerprint } from '../model/fingerprint.js';
import { type KubernetesObject } from '../model/kubernetes-object.js';
import { EXPOSED_LABEL } from '../model/labels.js';
import { type TenantLink } from '../model/tenant-input.js';
import { type LabelCell, labelCells, type LabelSet, TooManyCells } from './label-cells.js';
import { ascending, type MeshModel, meshObject } from './mesh-model.js';

/** The port of Linkerd proxies for their own readiness and metrics. */
export const PROXY_ADMIN_PORT = 4191;

/**
 * Ports on which the server speaks first, or on which HTTP must not be detected: a proxy would wait for the client in
 * vain. These are Linkerd's default opaque ports, which a Server overrides (linkerd.io, Protocol Detection), and that of
 * NATS.
 */
const OPAQUE_PORTS: readonly number[] = [25, 587, 3306, 4222, 4444, 5432, 6379, 9300, 11211];

/** A label that is never set. A pod that carries it has no Server, so it cannot be reached. */
const WITHOUT_SERVER_LABEL = 'bulkhead.io/without-server';

/** Groups of pods on one port. */
const MOST_CELLS = 256;
/** Objects that the links of a tenant may need, all together: what its developers can cause with labels. */
const MOST_OF_LINKS = 2_000;
/** Objects of a Server: itself, its rate limit, and policies for the gateway and for monitoring. */
const OF_A_SERVER = 4;

/** A link to pods of a tenant, as far as it divides them. */
export type OfferedLink = Pick<TenantLink, 'ports'> & {
  provider: Pick<TenantLink['provider'], 'namespace' | 'podLabels'>;
};

/**
 * Reports whether the links that a tenant offers can be rendered for any mesh. The selectors of its Services decide:
 * links by different labels divide its pods into exponentially many groups.
 */
export function areRenderable(offered: readonly OfferedLink[]): boolean {
  let left = MOST_OF_LINKS;
  for (const ofNamespace of Map.groupBy(offered, ({ provider }) => provider.namespace).values()) {
    for (const port of new Set(ofNamespace.flatMap(({ ports }) => ports.map(({ targetPort }) => targetPort)))) {
      const sets = linksAt(port, ofNamespace).map(({ provider }) => provider.podLabels);
      left -= objectsOf([{ [EXPOSED_LABEL]: 'true' }, ...sets]);
      if (left < 0) return false;
    }
  }
  return true;
}

/** Number of objects for one port of the pods; infinite if there are too many. */
function objectsOf(sets: readonly LabelSet[]): number {
  try {
    return labelCells(sets, MOST_CELLS).reduce((sum, { matches }) => sum + OF_A_SERVER + matches.length, 0);
  } catch (error) {
    if (error instanceof TooManyCells) return Infinity;
    throw error;
  }
}

function linksAt<Link extends OfferedLink>(port: number, links: readonly Link[]): Link[] {
  return links.filter(({ ports }) => ports.some(({ targetPort }) => targetPort === port));
}

/** One Server: a port of some pods. */
export interface PortServer {
  name: string;
  port: number;
  /** True if the ingress gateway can reach the pods. */
  isExposed: boolean;
  /** Links that open this port of these pods. */
  links: readonly TenantLink[];
  object: KubernetesObject;
}

/**
 * Renders the Servers of an environment. Linkerd applies policies only to ports that a Server names, and ignores one of
 * two Servers for the same port of a pod. So for each port the pods are divided into exposed ones, those behind a link
 * and the rest, and every pod has exactly one Server for each port.
 * @throws TooManyCells
 */
export function portServers(model: MeshModel): PortServer[] {
  return ascending([...model.ports, PROXY_ADMIN_PORT]).flatMap((port) => {
    const links = linksAt(port, model.offered);
    const exposed = model.gateway === null || port === PROXY_ADMIN_PORT ? [] : [{ [EXPOSED_LABEL]: 'true' }];
    const sets = [...exposed, ...links.map(({ provider }) => provider.podLabels)];
    return labelCells(sets, MOST_CELLS).map((cell) => {
      const isExposed = exposed.length > 0 && cell.matches.includes(0);
      const opened = links.filter((_, index) => cell.matches.includes(index + exposed.length));
      return portServer(model, port, cell, isExposed, opened);
    });
  });
}

function portServer(
  model: MeshModel,
  port: number,
  cell: LabelCell,
  isExposed: boolean,
  links: readonly TenantLink[],
): PortServer {
  const selector = neverEmpty(cell.selector);
  const name = serverName(port, cell.selector);
  const object = meshObject(model, ['policy.linkerd.io/v1beta3', 'Server', name], {
    podSelector: selector,
    port,
    proxyProtocol: OPAQUE_PORTS.includes(port) ? 'opaque' : 'unknown',
    accessPolicy: 'deny',
  });
  return { name, port, isExposed, links, object };
}

/**
 * Linkerd's admission refuses a Server with an empty selector next to any other for the port, and a link can be added
 * at any time: its Servers could never be created, because the one that they replace is removed after that. So even the
 * selector of all pods has an expression.
 */
function neverEmpty(selector: LabelCell['selector']): object {
  if (Object.keys(selector).length > 0) return selector;
  return { matchExpressions: [{ key: WITHOUT_SERVER_LABEL, operator: 'DoesNotExist' }] };
}

/** Returns the same name for the same pods in any case, so that an object never comes to select other pods. */
function serverName(port: number, selector: LabelCell['selector']): string {
  const whole = `tenant-port-${port}`;
  if (Object.keys(selector).length === 0) return whole;
  return `${whole}-${fingerprint(JSON.stringify(selector))}`;
}
