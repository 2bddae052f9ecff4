import { type EndpointClass, EndpointClasses } from './endpoint-classes.js';
import { type Endpoint, isSelectable, type Port } from './endpoint.js';
import { judge, type JudgeOptions } from './judge.js';
import { type Policies } from './policies.js';
import { type Direction } from './policy-model.js';

/** Endpoints that are looked at as one, such as all pods of a tenant. */
export interface Place {
  id: string;
  /** For people. */
  label: string;
  kind: 'tenant' | 'platform' | 'outside';
  endpoints: readonly Endpoint[];
}

/** That something in one place reaches something in another. Places that no link joins do not reach each other. */
export interface OpenLink {
  /** Ids of places; both may be the same. */
  from: string;
  to: string;
  /** Whether every endpoint reaches every endpoint on every port that was asked for. */
  complete: boolean;
  /** The ports that are open between any two. */
  ports: readonly Port[];
  /** Whether the answer for any two depends on how the network plug-in reads address blocks. */
  readingsDiffer: boolean;
}

export interface OpenLinks {
  links: OpenLink[];
  /** How many pairs of endpoints and ports had to be judged. */
  judged: number;
}

/**
 * All ways between places. Endpoints are judged by classes, and two classes only when an object names the one to the
 * other in both directions, or does not hold it: between tenants that are closed to each other nothing is computed.
 */
export function openLinks(
  policies: Policies,
  places: readonly Place[],
  ports: readonly Port[],
  options: JudgeOptions = {},
): OpenLinks {
  const population = populate(policies, places);
  const ways = new WaysBetween(policies, ports, options);
  const cells = new Map<string, OpenLink & { pairs: number; open: number }>();
  for (const [from, to] of candidates(policies, population.classes)) {
    const { open, readingsDiffer } = ways.between(from, to);
    if (open.length === 0 && !readingsDiffer) continue;
    for (const [a, manyA] of population.placesOf(from)) {
      for (const [b, manyB] of population.placesOf(to)) {
        const key = `${a.id} ${b.id}`;
        const pairs = sizeOf(a) * (a === b ? sizeOf(b) - 1 : sizeOf(b)) * ports.length;
        const cell = cells.get(key) ?? { ...emptyLink(a, b), pairs, open: 0 };
        const same = a === b && from === to;
        cell.open += manyA * (same ? manyB - 1 : manyB) * open.length;
        cell.ports = ports.filter((port) => cell.ports.includes(port) || open.includes(port));
        cell.readingsDiffer ||= readingsDiffer;
        cells.set(key, cell);
      }
    }
  }
  const links = [...cells.values()].map(({ pairs, open, ...link }) => ({ ...link, complete: open === pairs }));
  return { links: links.filter((link) => link.ports.length > 0 || link.readingsDiffer), judged: ways.judged };
}

function emptyLink(from: Place, to: Place): OpenLink {
  return { from: from.id, to: to.id, complete: false, ports: [], readingsDiffer: false };
}

/** How many endpoints a place counts as. One that is alone stands for others like it. */
function sizeOf({ endpoints }: Place): number {
  return 2 * endpoints.length;
}

interface Population {
  classes: EndpointClass[];
  /** Places with endpoints of a class, and how many each has. */
  placesOf: (wanted: EndpointClass) => ReadonlyMap<Place, number>;
}

function populate(policies: Policies, places: readonly Place[]): Population {
  const classes = new EndpointClasses(policies);
  const members = new Map<EndpointClass, Map<Place, number>>();
  for (const place of places) {
    for (const endpoint of place.endpoints) {
      const own = classes.classOf(endpoint);
      const counts = members.get(own) ?? new Map<Place, number>();
      members.set(own, counts.set(place, (counts.get(place) ?? 0) + 2));
    }
  }
  return { classes: [...members.keys()], placesOf: (wanted) => members.get(wanted) ?? new Map<Place, number>() };
}

/** Pairs of classes that may have a way: the sender's policies name the receiver, and the receiver's the sender. */
function* candidates(policies: Policies, classes: readonly EndpointClass[]): Generator<[EndpointClass, EndpointClass]> {
  const matched = new Map<string, EndpointClass[]>();
  for (const each of classes) {
    for (const key of each.matchedBy) {
      const known = matched.get(key);
      if (known === undefined) matched.set(key, [each]);
      else known.push(each);
    }
  }
  const named = (direction: Direction): Map<EndpointClass, ReadonlySet<string> | null> =>
    new Map(classes.map((each) => [each, namedPeers(policies, each.example, direction)]));
  const [inbound, outbound] = [named('ingress'), named('egress')];
  for (const to of classes) {
    // Never from the senders' side: a block may name all pods, and then every tenant would be asked about every other.
    const keys = inbound.get(to) ?? null;
    const senders = keys === null ? classes : new Set([...keys].flatMap((key) => matched.get(key) ?? []));
    for (const from of senders) {
      // What is between two addresses outside is nothing that policies decide.
      const decidable = isSelectable(from.example) || isSelectable(to.example);
      if (decidable && meets(outbound.get(from) ?? null, to.matchedBy)) yield [from, to];
    }
  }
}

/** Whether one of the keys is among the others; null is all keys. */
function meets(keys: ReadonlySet<string> | null, others: ReadonlySet<string>): boolean {
  if (keys === null) return true;
  for (const key of keys) if (others.has(key)) return true;
  return false;
}

/** Keys of the peers that an endpoint's policies may let through; null: not only those. */
function namedPeers(policies: Policies, endpoint: Endpoint, direction: Direction): ReadonlySet<string> | null {
  if (!isSelectable(endpoint)) return null;
  const { Admin, NetworkPolicy } = policies.holding(endpoint, direction);
  if (NetworkPolicy.length === 0) return null;
  const keys = new Set<string>();
  for (const { rules } of [...Admin, ...NetworkPolicy]) {
    for (const { action, peers } of rules[direction] ?? []) {
      if (action !== 'Accept') continue;
      if (peers === null) return null;
      for (const { key } of peers) keys.add(key);
    }
  }
  return keys;
}

/** What is open between two classes, each pair judged once. */
class WaysBetween {
  judged = 0;

  constructor(
    private readonly policies: Policies,
    private readonly ports: readonly Port[],
    private readonly options: JudgeOptions,
  ) {}

  between(from: EndpointClass, to: EndpointClass): { open: Port[]; readingsDiffer: boolean } {
    // Two pods that are alike, not one pod and itself.
    const receiver = from === to ? { ...to.example } : to.example;
    const open: Port[] = [];
    let readingsDiffer = false;
    for (const port of this.ports) {
      this.judged += 1;
      const verdict = judge(this.policies, from.example, receiver, port, this.options);
      if (verdict.allowed) open.push(port);
      readingsDiffer ||= verdict.readingsDiffer;
    }
    return { open, readingsDiffer };
  }
}
