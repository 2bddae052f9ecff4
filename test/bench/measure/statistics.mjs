/** The value that a share of the values lies below, such as 0.5 for the median; null of nothing. */
export function quantile(values, share) {
  if (values.length === 0) return null;
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))];
}

/** The middle value; of an even number of values the mean of the two in the middle. */
export function median(values) {
  if (values.length === 0) return null;
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length / 2;
  return Number.isInteger(middle) ? (sorted[middle - 1] + sorted[middle]) / 2 : sorted[Math.floor(middle)];
}

/** Three significant digits behind the point are more than any of these figures is worth. */
export function round(number) {
  return number === null ? null : Math.round(number * 1000) / 1000;
}

/** Milliseconds, for people. */
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

/** Waits until `read` answers something that is neither false, null nor undefined. Rejects after the time. */
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
