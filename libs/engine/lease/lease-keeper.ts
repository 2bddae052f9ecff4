import { performance } from 'node:perf_hooks';

/**
 * Ends a pass whose lease went to another holder. Its writes to the cluster are repeatable; it makes no more of them.
 */
export class LeaseLost extends Error {
  override readonly name = 'LeaseLost';
}

/** Ends a pass because its process is stopping: another worker can continue at once. */
export class PassHandedOver extends Error {
  override readonly name = 'PassHandedOver';
}

/** Ends a pass whose operation was cancelled. */
export class PassCancelled extends Error {
  override readonly name = 'PassCancelled';
}

/**
 * A moment on both clocks of this machine. Neither is enough to measure how long a lease has been held: the wall clock
 * can be set back, and on Linux the monotonic clock stops while the machine sleeps.
 */
export interface Moment {
  monotonicMs: number;
  wallMs: number;
}

export function currentMoment(): Moment {
  return { monotonicMs: performance.now(), wallMs: Date.now() };
}

/** Milliseconds since a moment, by the clock that counts more: a lease released too early costs only a pass. */
function elapsedSince(moment: Moment): number {
  const now = currentMoment();
  return Math.max(now.monotonicMs - moment.monotonicMs, now.wallMs - moment.wallMs);
}

/** Renews a lease during a pass, and knows when it is lost. */
export class LeaseKeeper {
  private lost = false;
  private handedOver = false;
  private cancelled = false;
  private readonly timer: NodeJS.Timeout;

  /**
   * @param renew resolves to false if the lease belongs to another holder
   * @param askedAt when the lease was requested: it counts from then, because the database may have granted it at once
   */
  constructor(
    private readonly renew: () => Promise<boolean>,
    private readonly leaseMs: number,
    private askedAt: Moment,
  ) {
    this.timer = setInterval(() => void this.extend(), leaseMs / 3);
  }

  /** Makes the pass end at its next `assertHeld`. */
  handOver(): void {
    this.handedOver = true;
  }

  /**
   * @throws LeaseLost if the lease may belong to another holder. A process that was suspended for a while notices here.
   * @throws PassHandedOver after `handOver`; PassCancelled after `cancel`
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

  private async extend(): Promise<void> {
    const askedAt = currentMoment();
    try {
      if (await this.renew()) this.askedAt = askedAt;
      else this.lost = true;
    } catch {
      // The database is unavailable: the lease expires unless a later renewal succeeds.
    }
  }
}
