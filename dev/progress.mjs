/** How often a long step reports progress if the output is not a terminal. */
const plainIntervalMs = 15_000;

let silent = false;

/** Silences the remaining output of running steps, because everything is being stopped. */
export function silenceSteps() {
  silent = true;
}

/**
 * Runs one step and shows it: on a terminal as one line that counts the seconds, otherwise as a line at the end and now
 * and then in between. The work gets a function that reports its progress.
 * @template T
 * @param {string} title
 * @param {(tell: (detail: string) => void) => Promise<T>} work
 * @returns {Promise<T>}
 */
export async function step(title, work) {
  const started = performance.now();
  let detail = '';
  const terminal = process.stdout.isTTY;
  const draw = () => {
    if (silent) return;
    const text = `  … ${title} ${seconds(started)}${detail && ` · ${detail}`}`;
    if (terminal) process.stdout.write(`\r\x1b[K${text.slice(0, (process.stdout.columns ?? 80) - 1)}`);
    else console.log(text);
  };
  const timer = setInterval(draw, terminal ? 200 : plainIntervalMs);
  const finish = (mark) => {
    clearInterval(timer);
    if (silent) return;
    console.log(`${terminal ? '\r\x1b[K' : ''}  ${mark} ${title} ${seconds(started)}`);
  };
  try {
    const result = await work((text) => (detail = text));
    finish('✔');
    return result;
  } catch (error) {
    finish('✘');
    throw error;
  }
}

/** Formats the time since a `performance.now()`, as `12.3 s` or `4 min 05 s`. */
export function seconds(since) {
  return duration(performance.now() - since);
}

/** Formats milliseconds for people. */
export function duration(ms) {
  if (ms < 60_000) return `${(ms / 1000).toFixed(1)} s`;
  const whole = Math.round(ms / 1000);
  return `${Math.floor(whole / 60)} min ${String(whole % 60).padStart(2, '0')} s`;
}
