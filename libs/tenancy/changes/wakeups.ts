/**
 * Wakes workers after a change of a tenant. A wake-up is only a hint: losing one costs seconds, because every change
 * also makes the tenant due, and workers poll for due tenants.
 */
export abstract class Wakeups {
  /** @param options `urgent`: skips the regular queue. */
  abstract wake(tenantId: string, options?: { urgent?: boolean }): Promise<void>;

  /** Wakes a worker for an isolation check. If lost, the check starts seconds later. */
  abstract prove(checkId: string): Promise<void>;

  /** Wakes a worker for a changed policy. If lost, the change takes effect seconds later. */
  abstract policies(): Promise<void>;
}
