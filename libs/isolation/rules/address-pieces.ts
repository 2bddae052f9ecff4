import { type Cidr, compareCidrs, containsCidr } from '#plans';

import { type AddressSet, normalized } from './address-set.js';
import {
  ALL_PORTS,
  containsPorts,
  isEmptyPortSet,
  NO_PORTS,
  portKey,
  type PortSet,
  subtractPorts,
  unitePorts,
} from './port-set.js';

/** What allows or denies ports of some addresses. */
export interface AddressSource extends AddressSet {
  action: 'allow' | 'deny';
  ports: PortSet;
}

/** A range whose ports are open, except parts of it, each strictly inside the range: an `ipBlock`. */
export interface AddressPiece {
  cidr: Cidr;
  except: readonly Cidr[];
  ports: PortSet;
}

/** A piece under construction. */
interface Draft {
  cidr: Cidr;
  except: Map<string, Cidr>;
  ports: PortSet;
}

/** A range that a source or the closed ranges name: from here on, what it says applies. */
interface Node {
  cidr: Cidr;
  starts: number[];
  stops: number[];
  closed: boolean;
}

/** What applies inside a range, and outside of the ranges inside it. */
interface Frame {
  cidr: Cidr | null;
  closed: boolean;
  /** Sources that apply, in ascending order. */
  active: readonly number[];
  /** Pieces that open this range; together they open exactly what is allowed. */
  open: readonly Draft[];
  /** Pieces whose range this one is part of, open here or not. */
  around: readonly Draft[];
}

/**
 * Subtracts what denies, and what is closed, from what allows. For every address, the pieces together open exactly the
 * ports that an allowing source opens and no denying source closes; the order of the sources does not matter.
 *
 * Ranges are nested or disjoint, so they form a tree, which one walk in ascending order visits from the root of each
 * branch. A piece is left out of a range in which less is allowed than it opens, and another piece opens what is allowed
 * there. Closed ranges are excepted also inside other exceptions, so that an auditor sees them.
 */
export function addressPieces(sources: readonly AddressSource[], closed: readonly Cidr[]): AddressPiece[] {
  const known = joinedSources(sources);
  const portsOf = allowedPorts(known);
  const drafts: Draft[] = [];
  const root: Frame = { cidr: null, closed: false, active: [], open: [], around: [] };
  const path: Frame[] = [root];
  for (const node of nodesOf(known, closed)) {
    while (path.length > 1 && !isInside(path.at(-1), node.cidr)) path.pop();
    path.push(enter(node, path.at(-1) ?? root, portsOf, drafts));
  }
  return drafts.map(({ cidr, except, ports }) => ({ cidr, except: [...except.values()], ports }));
}

function isInside(frame: Frame | undefined, cidr: Cidr): boolean {
  return frame !== undefined && frame.cidr !== null && containsCidr(frame.cidr, cidr);
}

function enter(
  { cidr, starts, stops, closed }: Node,
  parent: Frame,
  portsOf: (active: readonly number[]) => PortSet,
  drafts: Draft[],
): Frame {
  const { around } = parent;
  if (closed) {
    for (const draft of around) draft.except.set(cidr.text, cidr);
    return { cidr, closed: true, active: [], open: [], around };
  }
  if (parent.closed) return { ...parent, cidr };
  const active =
    starts.length + stops.length === 0
      ? parent.active
      : [...parent.active, ...starts].filter((source) => !stops.includes(source)).sort((a, b) => a - b);
  const allowed = portsOf(active);
  const open: Draft[] = [];
  for (const draft of parent.open) {
    if (containsPorts(allowed, draft.ports)) open.push(draft);
    else draft.except.set(cidr.text, cidr);
  }
  const ports = stillClosed(allowed, open);
  if (isEmptyPortSet(ports)) return { cidr, closed: false, active, open, around };
  const draft: Draft = { cidr, except: new Map(), ports };
  drafts.push(draft);
  return { cidr, closed: false, active, open: [...open, draft], around: [...around, draft] };
}

/** Returns the allowed ports that no piece opens yet. All traffic is one piece: its parts cannot be expressed. */
function stillClosed(allowed: PortSet, open: readonly Draft[]): PortSet {
  if (allowed.others) return open.some(({ ports }) => ports.others) ? NO_PORTS : ALL_PORTS;
  return open.length === 0 ? allowed : subtractPorts(allowed, unitePorts(open.map(({ ports }) => ports)));
}

/** Returns the function from sources that apply to the ports that they allow together. */
function allowedPorts(sources: readonly AddressSource[]): (active: readonly number[]) => PortSet {
  const known = new Map<string, PortSet>();
  const unite = (active: readonly number[], action: AddressSource['action']): PortSet =>
    unitePorts([
      NO_PORTS,
      ...active.flatMap((number) => (sources[number]?.action === action ? [sources[number].ports] : [])),
    ]);
  return (active) => {
    const key = active.join();
    let ports = known.get(key);
    if (ports === undefined) known.set(key, (ports = subtractPorts(unite(active, 'allow'), unite(active, 'deny'))));
    return ports;
  };
}

/** Joins sources that differ only in their ranges. Exceptions belong to one source, so one that has any is left alone. */
function joinedSources(sources: readonly AddressSource[]): AddressSource[] {
  const plain = Map.groupBy(
    sources.filter(({ except }) => except.length === 0),
    ({ action, ports }) => `${action} ${portKey(ports)}`,
  );
  const joined = [...plain]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([, [first, ...more]]) => {
      return first === undefined ? [] : [{ ...first, cidrs: [first, ...more].flatMap(({ cidrs }) => cidrs) }];
    });
  return [...joined, ...sources.filter(({ except }) => except.length > 0)].map((source) => {
    return { ...source, ...normalized(source) };
  });
}

function nodesOf(sources: readonly AddressSource[], closed: readonly Cidr[]): Node[] {
  const nodes = new Map<string, Node>();
  const at = (cidr: Cidr): Node => {
    let node = nodes.get(cidr.text);
    if (node === undefined) nodes.set(cidr.text, (node = { cidr, starts: [], stops: [], closed: false }));
    return node;
  };
  sources.forEach(({ cidrs, except }, number) => {
    for (const cidr of cidrs) at(cidr).starts.push(number);
    for (const cidr of except) at(cidr).stops.push(number);
  });
  for (const cidr of closed) at(cidr).closed = true;
  return [...nodes.values()].sort((a, b) => compareCidrs(a.cidr, b.cidr));
}
