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
  /** What waits, by priority and tenant; in each, what was asked for first comes first. */
  private readonly waiting = new Map<Priority, Map<string, Work>>(priorities.map((priority) => [priority, new Map()]));
  /** Number of works under way, by tenant: another holder of the lease can still be at its end. */
  private readonly active = new Map<string, number>();

  /** Number of tenants that wait. */
  get size(): number {
    return [...this.waiting.values()].reduce((sum, works) => sum + works.size, 0);
  }

  /** Asks for work. If the tenant waits already, both are one: the more pressing, the earlier. */
  add(work: Work): void {
    const before = this.find(work.tenantId);
    const merged = before === undefined ? work : mergedOf(before, work);
    if (before !== undefined && before.priority !== merged.priority) this.of(before).delete(work.tenantId);
    this.of(merged).set(work.tenantId, merged);
  }

  /**
   * Takes work that is due, the most pressing first, then what was asked for first, and calls `begin` with each. Every
   * beginning is followed by a call of `end`. Work for which there is no room holds up none behind it.
   * @param mayBegin whether there is room for it; asked again after each beginning
   */
  take(now: number, mayBegin: (work: Work) => boolean, begin: (work: Work) => void): void {
    for (const works of this.waiting.values()) {
      for (const work of works.values()) {
        if (work.notBefore > now || this.active.has(work.tenantId) || !mayBegin(work)) continue;
        works.delete(work.tenantId);
        this.start(work.tenantId);
        begin(work);
      }
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
    return this.find(tenantId) !== undefined;
  }

  /** When work that is not due yet is due: monotonic clock, in ms; Infinity if there is none. */
  nextAt(now: number): number {
    let next = Infinity;
    for (const works of this.waiting.values()) {
      for (const { notBefore } of works.values()) if (notBefore > now && notBefore < next) next = notBefore;
    }
    return next;
  }

  private find(tenantId: string): Work | undefined {
    for (const works of this.waiting.values()) {
      const work = works.get(tenantId);
      if (work !== undefined) return work;
    }
    return undefined;
  }

  private of({ priority }: Work): Map<string, Work> {
    const works = this.waiting.get(priority);
    if (works === undefined) throw new Error(`unknown priority ${priority}`);
    return works;
  }
}

function mergedOf(a: Work, b: Work): Work {
  return {
    tenantId: a.tenantId,
    priority: priorities.indexOf(a.priority) <= priorities.indexOf(b.priority) ? a.priority : b.priority,
    notBefore: Math.min(a.notBefore, b.notBefore),
    askedAt: Math.min(a.askedAt, b.askedAt),
    clusterId: a.clusterId ?? b.clusterId,
    onlyIfDrifted: a.onlyIfDrifted && b.onlyIfDrifted,
  };
}
