/** Returns the value below which the given share of the values lies, such as 0.5 for the median; null for no values. */
export function quantile(values, share) {
  if (values.length === 0) return null;
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))];
}

/** Returns the median; of an even number of values the mean of the two in the middle. */
export function median(values) {
  if (values.length === 0) return null;
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length / 2;
  return Number.isInteger(middle) ? (sorted[middle - 1] + sorted[middle]) / 2 : sorted[Math.floor(middle)];
}

/** Rounds to three decimal places, which is as precise as any of these figures is. */
export function round(number) {
  return number === null ? null : Math.round(number * 1000) / 1000;
}

/** Rounds milliseconds for display. */
export function ms(number) {
  return number === null ? null : Math.round(number * 10) / 10;
}

/**
 * Calls `work(number)` for 0 … count-1, `concurrency` at a time.
 * @returns {Promise<{ seconds: number, perSecond: number, durations: number[] }>} durations in milliseconds
 */
export async function timed(count, concurrency, work) {
  const durations = [];
  let next = 0;
  const startedAt = performance.now();
  const caller = async () => {
    while (next < count) {
      const number = next++;
      const calledAt = performance.now();
      await work(number);
      durations.push(performance.now() - calledAt);
    }
  };
  await Promise.all(Array.from({ length: Math.min(concurrency, count) }, caller));
  const seconds = (performance.now() - startedAt) / 1000;
  return { seconds, perSecond: count / seconds, durations };
}

/** Waits until `read` returns something other than false, null or undefined. Rejects after the timeout. */
export async function until(read, { timeoutMs, what, intervalMs = 25 }) {
  const deadline = performance.now() + timeoutMs;
  for (;;) {
    const value = await read();
    if (value !== false && value !== null && value !== undefined) return value;
    if (performance.now() > deadline) throw new Error(`${what} did not happen within ${timeoutMs / 1000} s`);
    await pause(intervalMs);
  }
}

export function pause(milliseconds) {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
