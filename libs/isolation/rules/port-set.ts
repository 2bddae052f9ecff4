import { type RulePort } from '../model/network-rule.js';
import { type Protocol, protocols } from '../model/protocol.js';

/** Consecutive ports, both ends included. */
interface Interval {
  first: number;
  last: number;
}

/** A set of ports: for each protocol disjoint intervals in ascending order that do not touch. */
export interface PortSet extends Readonly<Record<Protocol, readonly Interval[]>> {
  /**
   * Whether traffic without ports, such as ICMP, belongs to it. A NetworkPolicy can only express this together with
   * every port: a rule without `ports`.
   */
  readonly others: boolean;
}

const FIRST = 1;
const LAST = 65_535;

const every: readonly Interval[] = [{ first: FIRST, last: LAST }];
export const ALL_PORTS: PortSet = { TCP: every, UDP: every, SCTP: every, others: true };
export const NO_PORTS: PortSet = { TCP: [], UDP: [], SCTP: [], others: false };

/** Returns the set of the ports that a rule lists; an empty list means all traffic. */
export function portSet(ports: readonly RulePort[]): PortSet {
  if (ports.length === 0) return ALL_PORTS;
  return ofProtocols((protocol) =>
    joined(
      ports
        .filter((each) => each.protocol === protocol)
        .map(({ port, endPort }) => ({ first: port ?? FIRST, last: endPort ?? port ?? LAST })),
    ),
  );
}

export function unitePorts(sets: readonly PortSet[]): PortSet {
  const [only, ...more] = sets;
  if (only !== undefined && more.length === 0) return only;
  const united = ofProtocols((protocol) => joined(sets.flatMap((set) => set[protocol])));
  return { ...united, others: sets.some(({ others }) => others) };
}

/** Returns the ports of `set` that are not in `removed`. If any port is removed, so is the traffic without ports. */
export function subtractPorts(set: PortSet, removed: PortSet): PortSet {
  if (isEmptyPortSet(removed)) return set;
  return ofProtocols((protocol) => set[protocol].flatMap((interval) => without(interval, removed[protocol])));
}

/** Reports whether every port of `inner` is in `outer`. */
export function containsPorts(outer: PortSet, inner: PortSet): boolean {
  if (inner === outer) return true;
  if (inner.others && !outer.others) return false;
  return protocols.every((protocol) =>
    inner[protocol].every(({ first, last }) =>
      outer[protocol].some((interval) => interval.first <= first && last <= interval.last),
    ),
  );
}

export function isEmptyPortSet(set: PortSet): boolean {
  return !set.others && protocols.every((protocol) => set[protocol].length === 0);
}

/** Reports whether two sets share a port. */
export function portsOverlap(a: PortSet, b: PortSet): boolean {
  return protocols.some((protocol) =>
    a[protocol].some(({ first, last }) => b[protocol].some((other) => first <= other.last && other.first <= last)),
  );
}

const portKeys = new WeakMap<PortSet, string>();

/** Returns a text that is the same for equal sets only. */
export function portKey(set: PortSet): string {
  let key = portKeys.get(set);
  if (key === undefined) {
    const texts = protocols.map((protocol) => set[protocol].map(({ first, last }) => `${first}-${last}`).join());
    key = [...texts, set.others ? 'others' : ''].join('/');
    portKeys.set(set, key);
  }
  return key;
}

/** Returns the `ports` of a NetworkPolicy's rule; null: the rule has none, which means all traffic. */
export function networkPolicyPorts(set: PortSet): RulePort[] | null {
  if (set.others) return null;
  return protocols.flatMap((protocol) =>
    set[protocol].map(({ first, last }): RulePort => {
      if (first === FIRST && last === LAST) return { protocol };
      return first === last ? { protocol, port: first } : { protocol, port: first, endPort: last };
    }),
  );
}

function ofProtocols(intervals: (protocol: Protocol) => readonly Interval[]): PortSet {
  return { TCP: intervals('TCP'), UDP: intervals('UDP'), SCTP: intervals('SCTP'), others: false };
}

/** Joins intervals that overlap or touch. */
function joined(intervals: readonly Interval[]): Interval[] {
  const result: Interval[] = [];
  for (const { first, last } of [...intervals].sort((a, b) => a.first - b.first)) {
    const previous = result.at(-1);
    if (previous !== undefined && first <= previous.last + 1) previous.last = Math.max(previous.last, last);
    else result.push({ first, last });
  }
  return result;
}

function without({ first, last }: Interval, removed: readonly Interval[]): Interval[] {
  const rest: Interval[] = [];
  let start = first;
  for (const hole of removed) {
    if (hole.last < start || hole.first > last) continue;
    if (hole.first > start) rest.push({ first: start, last: hole.first - 1 });
    start = hole.last + 1;
  }
  return start <= last ? [...rest, { first: start, last }] : rest;
}
