import { type Cidr, cidrAt, compareCidrs, containsCidr, prefixOf } from '#plans';

/** The addresses of some ranges without those of others. */
export interface AddressSet {
  cidrs: readonly Cidr[];
  except: readonly Cidr[];
}

/**
 * Returns the fewest ranges with the same addresses, in order: ranges within others are dropped, and two halves of a range
 * become one. Two ranges are always nested or disjoint.
 */
export function mergeCidrs(cidrs: readonly Cidr[]): Cidr[] {
  const merged: Cidr[] = [];
  for (const cidr of [...cidrs].sort(compareCidrs)) {
    const last = merged.at(-1);
    if (last !== undefined && containsCidr(last, cidr)) continue;
    merged.push(cidr);
    joinHalves(merged);
  }
  return merged;
}

/** Replaces the last two ranges by their whole for as long as they are halves of one. */
function joinHalves(merged: Cidr[]): void {
  for (;;) {
    const [lower, upper] = [merged.at(-2), merged.at(-1)];
    if (lower === undefined || upper === undefined) return;
    const prefix = prefixOf(lower);
    const size = lower.last - lower.first + 1n;
    const areHalves =
      lower.family === upper.family &&
      prefix === prefixOf(upper) &&
      lower.last + 1n === upper.first &&
      lower.first % (2n * size) === 0n;
    if (!areHalves) return;
    merged.splice(-2, 2, cidrAt(lower.family, lower.first, prefix - 1));
  }
}

/** Returns the same set, with ranges merged, and without exceptions that are in no range. */
export function normalized({ cidrs, except }: AddressSet): AddressSet {
  if (except.length === 0) return { cidrs: mergeCidrs(cidrs), except };
  const holes = mergeCidrs(except);
  const whole = mergeCidrs(cidrs).filter((cidr) => !isWithinAny(holes, cidr));
  return { cidrs: whole, except: holes.filter((hole) => isWithinAny(whole, hole)) };
}

/** Reports whether one of the ranges, which are merged, contains this one. */
export function isWithinAny(merged: readonly Cidr[], cidr: Cidr): boolean {
  let [low, high] = [0, merged.length - 1];
  while (low <= high) {
    const middle = (low + high) >> 1;
    const candidate = merged[middle];
    if (candidate === undefined) return false;
    if (containsCidr(candidate, cidr)) return true;
    if (compareCidrs(candidate, cidr) < 0) low = middle + 1;
    else high = middle - 1;
  }
  return false;
}

/** Reports whether the set has no address that is not in one of the closed ranges. */
export function isCoveredBy(set: AddressSet, closed: readonly Cidr[]): boolean {
  const { cidrs, except } = normalized(set);
  const outside = mergeCidrs([...closed, ...except]);
  return cidrs.every((cidr) => isWithinAny(outside, cidr));
}

/** Reports whether two sets, which are normalized, share an address. */
export function addressesOverlap(left: AddressSet, right: AddressSet): boolean {
  const holes = mergeCidrs([...left.except, ...right.except]);
  const shared = [
    ...left.cidrs.filter((cidr) => isWithinAny(right.cidrs, cidr)),
    ...right.cidrs.filter((cidr) => isWithinAny(left.cidrs, cidr)),
  ];
  return shared.some((cidr) => !isWithinAny(holes, cidr));
}
