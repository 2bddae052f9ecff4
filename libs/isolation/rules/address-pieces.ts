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
  except: Cidr[];
  ports: PortSet;
}

/** A range that a source or the closed ranges name: from here on, what it says applies. */
interface Node {
  cidr: Cidr;
  starts: number[];
  stops: number[];
  closed: boolean;
}

/** Sources that apply together. */
interface Active {
  /** In ascending order. */
  sources: readonly number[];
  /** The ports that they allow together. */
  ports: PortSet;
  /** What applies after a change of the sources, by the change. */
  next: Map<string | number, Active>;
}

/** What applies inside a range, and outside of the ranges inside it. */
interface Frame {
  cidr: Cidr | null;
  closed: boolean;
  active: Active;
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
  const drafts: Draft[] = [];
  const root: Frame = { cidr: null, closed: false, active: activeOf(known, []), open: [], around: [] };
  const path: Frame[] = [root];
  for (const node of nodesOf(known, closed)) {
    while (path.length > 1 && !isInside(path.at(-1), node.cidr)) path.pop();
    path.push(enter(node, path.at(-1) ?? root, known, drafts));
  }
  return drafts;
}

function isInside(frame: Frame | undefined, cidr: Cidr): boolean {
  return frame !== undefined && frame.cidr !== null && containsCidr(frame.cidr, cidr);
}

function enter(node: Node, parent: Frame, sources: readonly AddressSource[], drafts: Draft[]): Frame {
  const { cidr, closed } = node;
  const { around } = parent;
  if (closed) {
    for (const draft of around) draft.except.push(cidr);
    return { ...parent, cidr, closed: true };
  }
  if (parent.closed) return { ...parent, cidr };
  const active = changed(parent.active, node, sources);
  const allowed = active.ports;
  const open: Draft[] = [];
  for (const draft of parent.open) {
    if (containsPorts(allowed, draft.ports)) open.push(draft);
    else draft.except.push(cidr);
  }
  const ports = stillClosed(allowed, open);
  if (isEmptyPortSet(ports)) return { cidr, closed: false, active, open, around };
  const draft: Draft = { cidr, except: [], ports };
  drafts.push(draft);
  return { cidr, closed: false, active, open: [...open, draft], around: [...around, draft] };
}

/** Returns the allowed ports that no piece opens yet. All traffic is one piece: its parts cannot be expressed. */
function stillClosed(allowed: PortSet, open: readonly Draft[]): PortSet {
  if (allowed.others) return open.some(({ ports }) => ports.others) ? NO_PORTS : ALL_PORTS;
  return open.length === 0 ? allowed : subtractPorts(allowed, unitePorts(open.map(({ ports }) => ports)));
}

/** Returns what applies where some sources start and others stop. Most ranges repeat the changes of others. */
function changed(active: Active, { starts, stops }: Node, sources: readonly AddressSource[]): Active {
  if (starts.length + stops.length === 0) return active;
  const [only] = starts;
  const key =
    starts.length === 1 && stops.length === 0 && only !== undefined ? only : `${starts.join()}/${stops.join()}`;
  let next = active.next.get(key);
  if (next === undefined) {
    const applying = [...active.sources, ...starts].filter((source) => !stops.includes(source));
    next = activeOf(
      sources,
      applying.sort((a, b) => a - b),
    );
    active.next.set(key, next);
  }
  return next;
}

function activeOf(sources: readonly AddressSource[], applying: readonly number[]): Active {
  const unite = (action: AddressSource['action']): PortSet =>
    unitePorts([
      NO_PORTS,
      ...applying.flatMap((number) => (sources[number]?.action === action ? [sources[number].ports] : [])),
    ]);
  return { sources: applying, ports: subtractPorts(unite('allow'), unite('deny')), next: new Map() };
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
