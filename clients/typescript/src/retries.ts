export interface RetryOptions {
  /** How often a request is sent at most; 1 never repeats. By default 5. */
  attempts?: number;
  /** The longest wait before a request is repeated, in milliseconds; by default 30,000. */
  maxDelayMs?: number;
}

/** Statuses of proxies and of an API whose database is away. */
const passing = new Set([429, 502, 503, 504]);

/**
 * Returns a `fetch` that repeats requests whose failure passes: no answer, statuses 429, 502, 503 and 504, and errors
 * with `Retry-After` (RFC 9110, section 10.2.3). Waits for as long as that header says, otherwise twice as long each time.
 * The last answer is returned whatever it is. Requests must be safe to repeat.
 */
export function retrying(
  fetch: (request: Request) => Promise<Response>,
  { attempts = 5, maxDelayMs = 30_000 }: RetryOptions = {},
): (request: Request) => Promise<Response> {
  return async (request) => {
    for (let attempt = 1; ; attempt += 1) {
      const isLast = attempt >= attempts;
      // A body can be read once, so every attempt but the last sends a copy.
      const outcome = await attemptOnce(fetch, isLast ? request : request.clone());
      if (isLast || request.signal.aborted || !canPass(outcome)) {
        if (outcome instanceof Response) return outcome;
        throw outcome.error;
      }
      if (outcome instanceof Response) await outcome.body?.cancel();
      const backoff = 200 * 2 ** (attempt - 1) * (0.75 + Math.random() / 2);
      const delay = outcome instanceof Response ? (retryAfter(outcome) ?? backoff) : backoff;
      await pause(Math.min(delay, maxDelayMs), request.signal);
    }
  };
}

type Attempt = Response | { error: unknown };

async function attemptOnce(fetch: (request: Request) => Promise<Response>, request: Request): Promise<Attempt> {
  try {
    return await fetch(request);
  } catch (error) {
    return { error };
  }
}

function canPass(outcome: Attempt): boolean {
  if (!(outcome instanceof Response)) return true;
  return passing.has(outcome.status) || (outcome.status >= 400 && retryAfter(outcome) !== null);
}

/** Returns the milliseconds that `Retry-After` asks for, from seconds or a date; null without the header. */
function retryAfter({ headers }: Response): number | null {
  const value = headers.get('retry-after');
  if (value === null) return null;
  const ms = /^\d+$/.test(value) ? Number(value) * 1_000 : Date.parse(value) - Date.now();
  return Number.isNaN(ms) ? null : Math.max(0, ms);
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const end = (): void => {
      clearTimeout(timer);
      reject(signal.reason as Error);
    };
    const timer = setTimeout(() => {
      signal.removeEventListener('abort', end);
      resolve();
    }, ms);
    signal.addEventListener('abort', end, { once: true });
  });
}
