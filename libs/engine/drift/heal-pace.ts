/** Consecutive passes without a pause; after that, something undoes them as fast as they are made. */
const AT_ONCE = 20;
/** The longest pause between two passes that are undone again and again. */
const LONGEST_PAUSE_MS = 30_000;
/** Tenants that are remembered; the oldest are forgotten first. */
const REMEMBERED = 1_000;

interface Streak {
  passes: number;
  /** Milliseconds on the caller's clock. */
  lastAt: number;
}

/**
 * Decides how soon drift of a tenant is healed again. Drift is healed at once, but two controllers that disagree would
 * otherwise keep each other, and the API server, busy for ever.
 */
export class HealPace {
  private readonly streaks = new Map<string, Streak>();

  /**
   * Pause before the next pass over the tenant, in ms; 0 for none.
   * @param now milliseconds on a clock that is never set back
   */
  pauseBefore(tenantId: string, now: number): number {
    const streak = this.streaks.get(tenantId);
    return streak === undefined ? 0 : Math.max(0, streak.lastAt + pauseAfter(streak.passes) - now);
  }

  /**
   * Counts a pass. The count restarts if the tenant was left alone for as long as the longest pause.
   * @returns the pause before the next pass, in ms
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
