import { z } from 'zod';

import { parseCidr } from './cidr.js';
import { parseQuantity, quantityPattern } from './quantity.js';

/** The API server rounds resource amounts up to a thousandth, so finer ones would never match the stored value. */
const NANOS_PER_MILLI = 10n ** 6n;

/**
 * A Kubernetes quantity as text. Every check aborts at its first failure, so that rules across fields, which compare
 * quantities, only ever see valid ones.
 */
export const quantitySchema = z
  .string()
  .regex(quantityPattern, { error: 'Must be a Kubernetes quantity such as "500m", "2" or "1.5Gi".', abort: true })
  .refine((text) => messageOf(() => parseQuantity(text)) === undefined, {
    error: ({ input }) => messageOf(() => parseQuantity(String(input))),
    abort: true,
  })
  .refine((text) => parseQuantity(text) % NANOS_PER_MILLI === 0n, {
    error: 'Must not be finer than a thousandth.',
    abort: true,
  })
  .meta({ id: 'Quantity', maxLength: 40 });

/** An address range as text, IPv4 or IPv6. */
export const cidrSchema = z
  .string()
  .refine((text) => messageOf(() => parseCidr(text)) === undefined, {
    error: ({ input }) => messageOf(() => parseCidr(String(input))),
    abort: true,
  })
  // For readers of the JSON Schema: what is wrong with a range is said better than by a pattern.
  .meta({ id: 'Cidr', pattern: '^[0-9A-Fa-f:.]+/[0-9]+$', maxLength: 49, examples: ['10.0.0.0/8'] });

/** The address ranges of a plan. */
export const cidrListSchema = z.array(cidrSchema).max(200, { abort: true });

/** A number of objects; bounded so that divisions and sums stay exact. */
export function countSchema(minimum = 0): z.ZodInt {
  return z.int().min(minimum, { abort: true }).max(1_000_000, { abort: true });
}

/** Adds an issue for every repeated item of the list, at the repetition. */
export function rejectDuplicates(items: readonly string[], issue: (index: number, item: string) => void): void {
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
