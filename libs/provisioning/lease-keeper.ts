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

/** Prolongs a lease while a pass works, and knows when it is lost. */
export class LeaseKeeper {
  private lost = false;
  private handedOver = false;
  private cancelled = false;
  private heldUntil: number;
  private readonly timer: NodeJS.Timeout;

  /** @param renew resolves to false when the lease belongs to another holder. */
  constructor(
    private readonly renew: () => Promise<boolean>,
    private readonly leaseMs: number,
  ) {
    this.heldUntil = Date.now() + leaseMs;
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
    if (this.lost || Date.now() >= this.heldUntil) throw new LeaseLost('the lease was lost');
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
    const askedAt = Date.now();
    try {
      if (await this.renew()) this.heldUntil = askedAt + this.leaseMs;
      else this.lost = true;
    } catch {
      // The database is away: the lease runs out by itself unless a later renewal succeeds.
    }
  }
}
