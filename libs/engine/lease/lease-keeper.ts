import { performance } from 'node:perf_hooks';

/** Ends a pass whose lease went to another holder. What the pass wrote to the cluster is repeatable; it writes no more. */
export class LeaseLost extends Error {
  override readonly name = 'LeaseLost';
}

/** Ends a pass because its process is stopping: another one may go on at once. */
export class PassHandedOver extends Error {
  override readonly name = 'PassHandedOver';
}

/** Ends a pass whose operation was cancelled. */
export class PassCancelled extends Error {
  override readonly name = 'PassCancelled';
}

/**
 * A moment on both clocks of this machine. Neither is enough to tell how long a lease has been held: the wall clock can
 * be set back, and on Linux the monotonic clock stands still while the machine sleeps.
 */
export interface Moment {
  monotonicMs: number;
  wallMs: number;
}

export function currentMoment(): Moment {
  return { monotonicMs: performance.now(), wallMs: Date.now() };
}

/** Milliseconds since a moment, by the clock that says more: a lease that is given up too early costs only a pass. */
function elapsedSince(moment: Moment): number {
  const now = currentMoment();
  return Math.max(now.monotonicMs - moment.monotonicMs, now.wallMs - moment.wallMs);
}

/** Prolongs a lease while a pass works, and knows when it is lost. */
export class LeaseKeeper {
  private lost = false;
  private handedOver = false;
  private cancelled = false;
  private readonly timer: NodeJS.Timeout;

  /**
   * @param renew resolves to false when the lease belongs to another holder.
   * @param askedAt when the lease was asked for. The database may have given it right then, so it counts from there.
   */
  constructor(
    private readonly renew: () => Promise<boolean>,
    private readonly leaseMs: number,
    private askedAt: Moment,
  ) {
    this.timer = setInterval(() => void this.prolong(), leaseMs / 3);
  }

  /** Lets the pass end at its next `assertHeld`. */
  handOver(): void {
    this.handedOver = true;
  }

  /**
   * @throws LeaseLost when another holder may be at work. A process that was stopped for a while notices here.
   * @throws PassHandedOver after `handOver`, PassCancelled once `cancel` was called.
   */
  assertHeld(): void {
    if (this.handedOver) throw new PassHandedOver('the process is stopping');
    if (this.lost || elapsedSince(this.askedAt) >= this.leaseMs) throw new LeaseLost('the lease was lost');
    if (this.cancelled) throw new PassCancelled('the operation was cancelled');
  }

  /** Ends the pass before its next wave. */
  cancel(): void {
    this.cancelled = true;
  }

  stop(): void {
    clearInterval(this.timer);
  }

  private async prolong(): Promise<void> {
    const askedAt = currentMoment();
    try {
      if (await this.renew()) this.askedAt = askedAt;
      else this.lost = true;
    } catch {
      // The database is away: the lease runs out by itself unless a later renewal succeeds.
    }
  }
}
