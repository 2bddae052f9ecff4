import { z } from 'zod';

import { parseCidr } from './cidr.js';
import { parseQuantity, quantityPattern } from './quantity.js';

/** The API server rounds every amount of a resource up to a thousandth, so finer ones would never match what it stores. */
const NANOS_PER_MILLI = 10n ** 6n;

/**
 * A Kubernetes quantity as text. Every check stops at its first failure, so that the rules across fields, which
 * compare quantities, only ever see valid ones.
 */
export const quantitySchema = z
  .string()
  .regex(quantityPattern, { error: 'A Kubernetes quantity such as "500m", "2" or "1.5Gi".', abort: true })
  .refine((text) => messageOf(() => parseQuantity(text)) === undefined, {
    error: ({ input }) => messageOf(() => parseQuantity(String(input))),
    abort: true,
  })
  .refine((text) => parseQuantity(text) % NANOS_PER_MILLI === 0n, {
    error: 'Kubernetes keeps no more than thousandths.',
    abort: true,
  });

/** An address range as text, IPv4 or IPv6. */
export const cidrSchema = z.string().refine((text) => messageOf(() => parseCidr(text)) === undefined, {
  error: ({ input }) => messageOf(() => parseCidr(String(input))),
  abort: true,
});

/** How many objects of a kind; bounded so that dividing and adding stay exact. */
export function countSchema(least = 0): z.ZodInt {
  return z.int().min(least, { abort: true }).max(1_000_000, { abort: true });
}

/** Adds an issue for every item that stands in the list a second time, at the second place. */
export function refuseRepeats(items: readonly string[], issue: (index: number, item: string) => void): void {
  items.forEach((item, index) => {
    if (items.indexOf(item) !== index) issue(index, item);
  });
}

function messageOf(attempt: () => unknown): string | undefined {
  try {
    attempt();
    return undefined;
  } catch (error) {
    return error instanceof RangeError ? error.message : String(error);
  }
}
