import { type KubernetesObject } from '../model/kubernetes-object.js';
import { EXPOSED_LABEL } from '../model/labels.js';
import { type TenantLink } from '../model/tenant-input.js';
import { type LabelCell, labelCells } from './label-cells.js';
import { ascending, type MeshModel, meshObject } from './mesh-model.js';

/** Where proxies of Linkerd answer about themselves: readiness and metrics. */
export const PROXY_ADMIN_PORT = 4191;

/**
 * Ports on which the server speaks first, or on which no HTTP is to be looked for: a proxy that waits for the client
 * would wait in vain. What Linkerd takes for opaque by default, which a Server overrides (linkerd.io, Protocol
 * Detection).
 */
const OPAQUE_PORTS: readonly number[] = [25, 587, 3306, 4444, 5432, 6379, 9300, 11211];

/** A label that nothing sets. A pod that carries it has no Server, and so nobody reaches it. */
const WITHOUT_SERVER_LABEL = 'bulkhead.io/without-server';

/** One Server: a port of some pods. */
export interface PortServer {
  name: string;
  port: number;
  /** Whether the pods are those that the ingress gateway reaches. */
  isExposed: boolean;
  /** Links that open this port of these pods. */
  links: readonly TenantLink[];
  object: KubernetesObject;
}

/**
 * The Servers of an environment. Linkerd knows policies only for ports that a Server names, and of two Servers for a
 * port of a pod one is not heard. So for each port the pods are divided into those that are exposed, those behind a
 * link, and the rest, and every pod has exactly one Server for each port.
 */
export function portServers(model: MeshModel): PortServer[] {
  return ascending([...model.ports, PROXY_ADMIN_PORT]).flatMap((port) => {
    const links = model.offered.filter(({ ports }) => ports.some(({ targetPort }) => targetPort === port));
    const exposed = model.gateway === null || port === PROXY_ADMIN_PORT ? [] : [{ [EXPOSED_LABEL]: 'true' }];
    const sets = [...exposed, ...links.map(({ provider }) => provider.podLabels)];
    return labelCells(sets).map((cell) => {
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
 * Linkerd's admission refuses a Server whose selector is empty beside any other for the port, and a link may come at
 * any time: its Servers would never be made, because the one before them is taken away after that. So even all pods are
 * selected by something.
 */
function neverEmpty(selector: LabelCell['selector']): object {
  if (Object.keys(selector).length > 0) return selector;
  return { matchExpressions: [{ key: WITHOUT_SERVER_LABEL, operator: 'DoesNotExist' }] };
}

/** The same for the same pods, whatever else there is: an object is never turned into one about other pods. */
function serverName(port: number, selector: LabelCell['selector']): string {
  const whole = `tenant-port-${port}`;
  if (Object.keys(selector).length === 0) return whole;
  return `${whole}-${fingerprint(JSON.stringify(selector))}`;
}

/** FNV-1a of 64 bits: tells texts apart that nobody chose to be alike. */
function fingerprint(text: string): string {
  let hash = 0xcbf29ce484222325n;
  for (const byte of new TextEncoder().encode(text)) hash = BigInt.asUintN(64, (hash ^ BigInt(byte)) * 0x100000001b3n);
  return hash.toString(16).padStart(16, '0');
}
