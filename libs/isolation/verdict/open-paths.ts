import { type EndpointClass, EndpointClasses } from './endpoint-classes.js';
import { type Endpoint, isSelectable, type Port } from './endpoint.js';
import { judge, type JudgeOptions } from './judge.js';
import { type Policies } from './policies.js';
import { type Direction } from './policy-model.js';

/** Endpoints that are reported as one, such as all pods of a tenant. */
export interface Place {
  id: string;
  /** For people. */
  label: string;
  kind: 'tenant' | 'platform' | 'outside';
  endpoints: readonly Endpoint[];
}

/** A place with an endpoint that reaches one in another. Places without such a link do not reach each other. */
export interface OpenPath {
  /** Ids of places; both may be the same. */
  from: string;
  to: string;
  /** True if every endpoint reaches every other on every sampled port. */
  complete: boolean;
  /** The ports that are open between at least two endpoints. */
  ports: readonly Port[];
  /** True if the verdict for any two depends on how the network plug-in reads address blocks. */
  readingsDiffer: boolean;
}

export interface OpenLinks {
  links: OpenPath[];
  /** The number of judged combinations of two endpoints and a port. */
  judged: number;
}

/**
 * Finds all open paths between places. Endpoints are judged by classes, and two classes only if policies in both
 * directions name the other or do not apply: between isolated tenants nothing is computed.
 */
export function openPaths(
  policies: Policies,
  places: readonly Place[],
  ports: readonly Port[],
  options: JudgeOptions = {},
): OpenLinks {
  const population = populate(policies, places);
  const pairJudge = new PairJudge(policies, ports, options);
  const cells = new Map<string, OpenPath & { pairs: number; open: number }>();
  for (const [from, to] of candidates(policies, population.classes)) {
    const { open, readingsDiffer } = pairJudge.between(from, to);
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
  return { links: links.filter((link) => link.ports.length > 0 || link.readingsDiffer), judged: pairJudge.judged };
}

function emptyLink(from: Place, to: Place): OpenPath {
  return { from: from.id, to: to.id, complete: false, ports: [], readingsDiffer: false };
}

/** The number of endpoints that a place counts as. Each represents two identical ones. */
function sizeOf({ endpoints }: Place): number {
  return 2 * endpoints.length;
}

interface Population {
  classes: EndpointClass[];
  /** The places with endpoints of a class, and their numbers. */
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

/**
 * Yields pairs of classes that can have a path: the sender's policies name the receiver, and the receiver's the sender.
 */
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
    // Never from the sender's side: a block can match all pods, and then every pair of tenants would be judged.
    const keys = inbound.get(to) ?? null;
    const senders = keys === null ? classes : new Set([...keys].flatMap((key) => matched.get(key) ?? []));
    for (const from of senders) {
      // Policies do not decide about traffic between two outside addresses.
      const decidable = isSelectable(from.example) || isSelectable(to.example);
      if (decidable && meets(outbound.get(from) ?? null, to.matchedBy)) yield [from, to];
    }
  }
}

/** Reports whether the sets intersect; null means all keys. */
function meets(keys: ReadonlySet<string> | null, others: ReadonlySet<string>): boolean {
  if (keys === null) return true;
  for (const key of keys) if (others.has(key)) return true;
  return false;
}

/** Returns the keys of the peers that an endpoint's policies can allow; null: not only those. */
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

/** Judges the open ports between two classes. */
class PairJudge {
  judged = 0;

  constructor(
    private readonly policies: Policies,
    private readonly ports: readonly Port[],
    private readonly options: JudgeOptions,
  ) {}

  between(from: EndpointClass, to: EndpointClass): { open: Port[]; readingsDiffer: boolean } {
    // Two identical pods, not one pod and itself.
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
