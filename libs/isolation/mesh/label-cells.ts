/** Labels that a pod must have, as `matchLabels`. */
export type LabelSet = Readonly<Record<string, string>>;

/** A disjoint part of all pods, and the label sets that its pods match. */
export interface LabelCell {
  /** A label selector as the API server stores it; `{}`: every pod. */
  selector: {
    matchLabels?: Record<string, string>;
    matchExpressions?: { key: string; operator: 'NotIn'; values: string[] }[];
  };
  /** Indexes of the sets that all pods of the cell match. No pod of the cell matches any other set. */
  matches: readonly number[];
}

/** More parts than the caller allows. */
export class TooManyCells extends Error {
  override readonly name = 'TooManyCells';
}

interface Conditions {
  is: ReadonlyMap<string, string>;
  isNot: ReadonlyMap<string, ReadonlySet<string>>;
  matches: readonly number[];
}

/**
 * Partitions all pods so that each label set is a union of parts. For kinds of which only one object can select a pod
 * while their content differs from pod to pod. Every pod is in a part: an absent label is "not in" any list.
 * @param most the number of parts grows exponentially with that of the sets, and tenants choose the labels
 * @throws TooManyCells as soon as there are more parts
 */
export function labelCells(sets: readonly LabelSet[], most: number): LabelCell[] {
  let cells: Conditions[] = [{ is: new Map(), isNot: new Map(), matches: [] }];
  sets.forEach((set, index) => {
    const labels = Object.entries(set).sort(byKey);
    const parts: Conditions[] = [];
    for (const cell of cells) {
      for (const part of split(cell, labels, index)) {
        if (parts.length === most) throw new TooManyCells(`the pods are in more than ${most} groups`);
        parts.push(part);
      }
    }
    cells = parts;
  });
  return cells.map(({ is, isNot, matches }) => ({ selector: selectorOf(is, isNot), matches }));
}

/** Splits a cell into the pods outside the labels, one part for the first label that differs, and the pods inside. */
function* split(cell: Conditions, labels: readonly [string, string][], index: number): Generator<Conditions> {
  let inside: Conditions | null = cell;
  for (const [key, value] of labels) {
    if (inside === null) return;
    const outside = without(inside, key, value);
    if (outside !== null) yield outside;
    inside = having(inside, key, value);
  }
  if (inside !== null) yield { ...inside, matches: [...inside.matches, index] };
}

/** Null: no pod is like that. */
function having(cell: Conditions, key: string, value: string): Conditions | null {
  const known = cell.is.get(key);
  if (known !== undefined) return known === value ? cell : null;
  if (cell.isNot.get(key)?.has(value) === true) return null;
  // A known value makes the excluded values redundant.
  const isNot = new Map(cell.isNot);
  isNot.delete(key);
  return { ...cell, is: new Map(cell.is).set(key, value), isNot };
}

/** Null: no pod is like that. */
function without(cell: Conditions, key: string, value: string): Conditions | null {
  const known = cell.is.get(key);
  if (known !== undefined) return known === value ? null : cell;
  const values = new Set(cell.isNot.get(key)).add(value);
  return { ...cell, isNot: new Map(cell.isNot).set(key, values) };
}

function selectorOf(is: Conditions['is'], isNot: Conditions['isNot']): LabelCell['selector'] {
  const matchExpressions = [...isNot].sort(byKey).map(([key, values]) => {
    return { key, operator: 'NotIn' as const, values: [...values].sort() };
  });
  return {
    ...(is.size > 0 && { matchLabels: Object.fromEntries([...is].sort(byKey)) }),
    ...(matchExpressions.length > 0 && { matchExpressions }),
  };
}

function byKey([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number {
  return a < b ? -1 : 1;
}
