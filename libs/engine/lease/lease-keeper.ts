import { setMaxListeners } from 'node:events';

import { currentMoment, elapsedSince, type Moment, unlessAborted } from '#background';
import { type RequestLimits } from '#kube';

import { LeaseLost, PassCancelled, type PassEnded, PassHandedOver, PassSuperseded } from './pass-ended.js';

/** The lease that a keeper keeps. */
export interface KeptLease {
  /** Duration in milliseconds. */
  leaseMs: number;
  /** When the lease was requested: it counts from then, because the database may have granted it at once. */
  askedAt: Moment;
  /** Generation that the pass has read. */
  generation: number;
  /** Renews the lease; resolves to the tenant's current generation, or to null if the lease belongs to another holder. */
  renew: () => Promise<number | null>;
}

/**
 * Renews a lease during a pass, and knows when the pass has to end early. Its waits then end at once, requests that
 * hang after a grace period, and the pass itself before its next wave.
 */
export class LeaseKeeper {
  private reason: PassEnded | null = null;
  private readonly waits = new AbortController();
  private readonly requests = new AbortController();
  private readonly timer: NodeJS.Timeout;
  private grace: NodeJS.Timeout | null = null;
  private askedAt: Moment;
  /** Ends the waits and requests of the pass. */
  readonly limits: RequestLimits = { waits: this.waits.signal, requests: this.requests.signal };

  constructor(private readonly lease: KeptLease) {
    this.askedAt = lease.askedAt;
    // One listener for each request of the pass; Node suspects a leak at eleven.
    setMaxListeners(0, this.waits.signal, this.requests.signal);
    this.timer = setInterval(() => void this.extend(), lease.leaseMs / 3);
  }

  /** Why the pass has to end early; null if it does not. */
  get ended(): PassEnded | null {
    return this.reason;
  }

  /**
   * @throws LeaseLost if the lease may belong to another holder. A process that was suspended for a while notices here.
   * @throws PassHandedOver, PassCancelled, PassSuperseded after the call of that meaning
   */
  assertHeld(): void {
    this.checkClocks();
    if (this.reason !== null) throw this.reason;
  }

  /**
   * Waits for something that knows nothing of the pass.
   * @throws the reason for which the pass has to end, as soon as it has to
   */
  async unlessEnded<T>(work: Promise<T>): Promise<T> {
    return unlessAborted(this.waits.signal, work);
  }

  /** Ends the pass because its process is stopping. */
  handOver(): void {
    this.end(new PassHandedOver('the process is stopping'));
  }

  /** Ends the pass because its operation was cancelled. */
  cancel(): void {
    this.end(new PassCancelled('the operation was cancelled'));
  }

  /** Ends the pass if the tenant is at a later generation than the pass. */
  noteGeneration(generation: number): void {
    if (generation > this.lease.generation) this.end(new PassSuperseded('the tenant was changed again'));
  }

  /** The pass is over. */
  stop(): void {
    clearInterval(this.timer);
    if (this.grace !== null) clearTimeout(this.grace);
  }

  private end(reason: PassEnded): void {
    if (this.reason !== null) return;
    this.reason = reason;
    this.waits.abort(reason);
    this.grace = setTimeout(() => {
      this.requests.abort(reason);
    }, reason.graceMs);
    this.grace.unref();
  }

  private async extend(): Promise<void> {
    this.checkClocks();
    const askedAt = currentMoment();
    try {
      const generation = await this.lease.renew();
      if (generation === null) {
        this.loseLease();
        return;
      }
      this.askedAt = askedAt;
      this.noteGeneration(generation);
    } catch {
      // The database is unavailable: the lease expires unless a later renewal succeeds.
    }
  }

  private checkClocks(): void {
    if (elapsedSince(this.askedAt) >= this.lease.leaseMs) this.loseLease();
  }

  private loseLease(): void {
    this.end(new LeaseLost('the lease was lost'));
  }
}
