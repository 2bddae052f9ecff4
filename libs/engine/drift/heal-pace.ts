/** Passes in a row that follow each other at once; after that somebody undoes them as fast as they are made. */
const AT_ONCE = 20;
/** The longest pause between two passes over a tenant that is fought over. */
const LONGEST_PAUSE_MS = 30_000;
/** Tenants that are remembered; the oldest are forgotten first. */
const REMEMBERED = 1_000;

interface Streak {
  passes: number;
  /** Milliseconds on the caller's clock. */
  lastAt: number;
}

/**
 * Says how soon drift of a tenant may be put right again. Drift is healed at once, but two controllers that want
 * different things would otherwise keep each other, and the API server, busy for ever.
 */
export class HealPace {
  private readonly streaks = new Map<string, Streak>();

  /**
   * How long to wait before the next pass over the tenant, in ms; 0: now.
   * @param now milliseconds on a clock that is never set back
   */
  pauseBefore(tenantId: string, now: number): number {
    const streak = this.streaks.get(tenantId);
    return streak === undefined ? 0 : Math.max(0, streak.lastAt + pauseAfter(streak.passes) - now);
  }

  /**
   * Counts a pass. A tenant that was left in peace for as long as the longest pause begins anew.
   * @returns how long the next one will wait, in ms
   */
  note(tenantId: string, now: number): number {
    const streak = this.streaks.get(tenantId);
    const passes = streak === undefined || now - streak.lastAt > LONGEST_PAUSE_MS ? 1 : streak.passes + 1;
    this.streaks.delete(tenantId);
    this.streaks.set(tenantId, { passes, lastAt: now });
    const [oldest] = this.streaks.keys();
    if (this.streaks.size > REMEMBERED && oldest !== undefined) this.streaks.delete(oldest);
    return pauseAfter(passes);
  }
}

function pauseAfter(passes: number): number {
  return passes < AT_ONCE ? 0 : Math.min(1_000 * 2 ** (passes - AT_ONCE), LONGEST_PAUSE_MS);
}
