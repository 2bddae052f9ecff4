/**
 * Tells the workers that a tenant has changed. Only ever a hint: a wake-up that is lost costs seconds,
 * because every change also makes the tenant due, and workers look for such tenants by themselves.
 */
export abstract class Wakeups {
  /** @param options `urgent`: not behind anything else that waits. */
  abstract wake(tenantId: string, options?: { urgent?: boolean }): Promise<void>;

  /** Tells them that somebody waits for a preview. Lost, it is not answered. */
  abstract preview(previewId: string): Promise<void>;

  /** Tells them that somebody asked for isolation checks. Lost, it costs seconds. */
  abstract prove(checkId: string): Promise<void>;

  /** Tells them that a policy has changed. Lost, it costs seconds. */
  abstract policies(): Promise<void>;
}
