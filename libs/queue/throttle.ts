import { performance } from 'node:perf_hooks';
import { setTimeout as pause } from 'node:timers/promises';

/** Throttles a call: runs it at once, then at most once after each rest, however often it is requested. */
export class Throttle {
  private restsUntil = 0;
  private next: Promise<void> | null = null;

  constructor(
    private readonly call: () => Promise<void>,
    private readonly restMs: number,
  ) {}

  /** Settles like the first call that starts after this request. */
  ask(): Promise<void> {
    if (this.next !== null) return this.next;
    const rest = this.restsUntil - performance.now();
    if (rest <= 0) return this.begin();
    this.next = pause(rest, undefined, { ref: false }).then(() => {
      this.next = null;
      return this.begin();
    });
    return this.next;
  }

  private begin(): Promise<void> {
    this.restsUntil = performance.now() + this.restMs;
    return this.call();
  }
}
