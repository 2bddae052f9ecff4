/** Why a tenant is looked at, the most pressing first. */
export const priorities = ['urgent', 'changed', 'drift', 'due'] as const;
export type Priority = (typeof priorities)[number];

/** Work on one tenant that was asked for. */
export interface Work {
  readonly tenantId: string;
  readonly priority: Priority;
  /** Earliest time of its beginning: monotonic clock, in ms. */
  readonly notBefore: number;
  /** When it was first asked for, by the same clock. */
  readonly askedAt: number;
  /** The tenant's cluster, as far as is known. */
  readonly clusterId: string | null;
  /** True if all who asked only suspect drift: a look comes before the pass. */
  readonly onlyIfDrifted: boolean;
}

/**
 * The tenants that a worker has to look at, in the manner of controller-runtime's work queue: a tenant is in it once,
 * however often it was asked for, and is never worked on twice at the same time. What is asked for during the work comes
 * after it. It has no clock and no timer of its own.
 */
export class WorkQueue {
  private readonly waiting = new Map<string, Work>();
  /** Number of works under way, by tenant: another holder of the lease can still be at its end. */
  private readonly active = new Map<string, number>();

  /** Tenants that wait. */
  get size(): number {
    return this.waiting.size;
  }

  /** Asks for work. If the tenant waits already, both are one: the more pressing, the earlier. */
  add(work: Work): void {
    const waiting = this.waiting.get(work.tenantId);
    this.waiting.set(work.tenantId, waiting === undefined ? work : merged(waiting, work));
  }

  /**
   * Takes work that is due, the most pressing first, then what was asked for first, and calls `begin` with each. Every
   * beginning is followed by a call of `end`.
   * @param mayBegin whether there is room for it, and for nothing that `begin` was called with before
   */
  take(now: number, mayBegin: (work: Work) => boolean, begin: (work: Work) => void): void {
    const due = [...this.waiting.values()].filter(
      ({ tenantId, notBefore }) => notBefore <= now && !this.active.has(tenantId),
    );
    for (const work of due.sort(byPressure)) {
      if (!mayBegin(work)) continue;
      this.waiting.delete(work.tenantId);
      this.start(work.tenantId);
      begin(work);
    }
  }

  /** Work on a tenant begins that was not taken from the queue. */
  start(tenantId: string): void {
    this.active.set(tenantId, (this.active.get(tenantId) ?? 0) + 1);
  }

  /** Work on a tenant has ended. */
  end(tenantId: string): void {
    const left = (this.active.get(tenantId) ?? 0) - 1;
    if (left > 0) this.active.set(tenantId, left);
    else this.active.delete(tenantId);
  }

  /** True if work on the tenant is under way. */
  isActive(tenantId: string): boolean {
    return this.active.has(tenantId);
  }

  /** True if work on the tenant is still to begin. */
  isWaiting(tenantId: string): boolean {
    return this.waiting.has(tenantId);
  }

  /** When work that is not due yet is due: monotonic clock, in ms; Infinity if there is none. */
  nextAt(now: number): number {
    let next = Infinity;
    for (const { notBefore } of this.waiting.values()) if (notBefore > now && notBefore < next) next = notBefore;
    return next;
  }
}

function byPressure(a: Work, b: Work): number {
  return priorities.indexOf(a.priority) - priorities.indexOf(b.priority) || a.askedAt - b.askedAt;
}

function merged(a: Work, b: Work): Work {
  return {
    tenantId: a.tenantId,
    priority: byPressure({ ...a, askedAt: 0 }, { ...b, askedAt: 0 }) <= 0 ? a.priority : b.priority,
    notBefore: Math.min(a.notBefore, b.notBefore),
    askedAt: Math.min(a.askedAt, b.askedAt),
    clusterId: a.clusterId ?? b.clusterId,
    onlyIfDrifted: a.onlyIfDrifted && b.onlyIfDrifted,
  };
}
