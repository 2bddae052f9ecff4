import { currentMoment, elapsedSince } from '#background';

/** How long a claim lasts after it was made or renewed. A worker that died is replaced then. */
export const CLAIM_MS = 20_000;
/** How often a claim is renewed, and how soon a policy reports what it waits for. */
const RENEW_MS = CLAIM_MS / 4;
/** Without a renewal for this long, nothing more is written: a request takes up to 15 s, but rarely more than five. */
const MOST_AGE_MS = CLAIM_MS - 5_000;

/** Ends the work on a policy that another worker has claimed, or that was changed. What was written can be repeated. */
export class ClaimEnded extends Error {
  override readonly name = 'ClaimEnded';

  constructor() {
    super('another worker continues, or the policy was changed');
  }
}

/** Renews the claim of a policy while a worker works on it, and ends the work when it is lost. */
export class ClaimKeeper {
  private readonly ended = new AbortController();
  private readonly timer: NodeJS.Timeout;
  private renewedAt = currentMoment();

  /**
   * @param renew resolves to false if the work has to end
   * @param stopping aborted when the process stops, which ends the work too
   */
  constructor(
    private readonly renew: () => Promise<boolean>,
    private readonly stopping: AbortSignal,
  ) {
    this.timer = setInterval(() => void this.extend(), RENEW_MS);
    if (stopping.aborted) this.end();
    stopping.addEventListener('abort', this.end);
  }

  /** Aborted with `ClaimEnded`. */
  get signal(): AbortSignal {
    return this.ended.signal;
  }

  /** Comes before each write. @throws ClaimEnded */
  assertHeld(): void {
    if (elapsedSince(this.renewedAt) > MOST_AGE_MS) this.end();
    this.signal.throwIfAborted();
  }

  stop(): void {
    clearInterval(this.timer);
    this.stopping.removeEventListener('abort', this.end);
  }

  private readonly end = (): void => {
    this.ended.abort(new ClaimEnded());
  };

  /** A renewal that fails is not the end: the age decides. */
  private async extend(): Promise<void> {
    const askedAt = currentMoment();
    const isHeld = await this.renew().catch(() => null);
    if (isHeld === true) this.renewedAt = askedAt;
    if (isHeld === false) this.end();
  }
}
