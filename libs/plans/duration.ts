import { z } from 'zod';

/** The duration format of the Gateway API (GEP-2257), such as "15s" or "1m30s". */
const pattern = /^([0-9]{1,5}(h|m|s|ms)){1,4}$/;
const units: Readonly<Record<string, number>> = { h: 3_600_000, m: 60_000, s: 1_000, ms: 1 };

/** Converts a duration that `durationSchema` accepts to milliseconds. */
export function durationMs(text: string): number {
  return [...text.matchAll(/([0-9]+)(h|ms|m|s)/g)].reduce(
    (sum, [, count = '', unit = '']) => sum + Number(count) * (units[unit] ?? 0),
    0,
  );
}

/** A duration above zero: for gateways zero means no limit. */
export const durationSchema = z
  .string()
  .regex(pattern, { error: 'Must be a duration such as "15s", "500ms" or "1m30s".', abort: true })
  .refine((text) => durationMs(text) > 0, { error: 'Must be above zero; for a gateway zero means no limit.' })
  .meta({ maxLength: 40 });
