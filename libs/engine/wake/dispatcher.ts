import { Loop } from '#background';
import { Clusters } from '#clusters';
import { type BeforeApplicationShutdown, Injectable } from '@nestjs/common';
import pTimeout from 'p-timeout';

import { Reconciler } from '../reconcile/reconciler.js';
import { PassRunner } from './pass-runner.js';

/** How often changed tenants are looked for without a wake-up. */
const PERIOD_MS = 250;
/** A change is often followed by the next. */
const SOON_MS = 20;
/** Most tenants that are taken together: passes in step would all wait for the cluster, and then all for this process. */
const MOST_TOGETHER = 4;
/** A look that takes longer than this, in milliseconds, no longer holds up the next one. */
const PATIENCE_MS = 500;

/**
 * Takes changed tenants from the table and has them reconciled, as many at a time as there is room for. Every worker
 * does, and no two take the same, so they share a backlog. A wake-up only makes it quicker.
 */
@Injectable()
export class Dispatcher implements BeforeApplicationShutdown {
  readonly loop = new Loop({
    name: 'dispatcher',
    periodMs: PERIOD_MS,
    run: (stopping) => pTimeout(this.takeTenants(stopping), { milliseconds: PATIENCE_MS, message: false }),
    failed: 'failed to take changed tenants; will retry',
  });
  /** Most tenants that looks under way may still take. */
  private asked = 0;
  /** Time of the last wake-up: monotonic clock, in ms. */
  private wokenAt = -Infinity;
  /** Time of the last look, by the same clock. */
  private lookedAt = -Infinity;

  constructor(
    private readonly reconciler: Reconciler,
    private readonly runner: PassRunner,
    private readonly clusters: Clusters,
  ) {
    runner.onEnd((since) => {
      // The same tenant may have changed again, and could not be taken.
      if (this.runner.hasBacklog || this.wokenAt > since) this.loop.within(0);
    });
  }

  /** A tenant has changed. The first of many is looked for at once, the others a little later, together. */
  ring(): void {
    this.wokenAt = performance.now();
    this.loop.within(this.lookedAt + SOON_MS - this.wokenAt);
  }

  /** Some tenants have changed. Resolves when it, and whatever else there was room for, is in hand. */
  async dispatch(): Promise<void> {
    this.wokenAt = performance.now();
    await this.loop.now();
  }

  /** Takes no more tenants. */
  async beforeApplicationShutdown(): Promise<void> {
    await this.loop.stop();
  }

  private async takeTenants(stopping: AbortSignal): Promise<void> {
    const { room, full } = this.room();
    if (stopping.aborted || room <= 0) return;
    this.asked += room;
    this.lookedAt = performance.now();
    let taken = 0;
    try {
      const begun = await this.reconciler.reconcileChanged(room, full);
      taken = begun.length;
      for (const pass of begun) this.runner.follow(pass);
    } finally {
      this.asked -= room;
      this.runner.hasBacklog = taken === room;
    }
    if (taken > 0) this.loop.within(SOON_MS);
  }

  /** How many tenants can be taken together, of whichever cluster but those without room. */
  private room(): { room: number; full: string[] } {
    const rooms = this.clusters.ids.map((id) => ({ id, room: this.runner.roomForChanged(id) - this.asked }));
    const open = rooms.filter(({ room }) => room > 0).map(({ room }) => room);
    const full = rooms.filter(({ room }) => room <= 0).map(({ id }) => id);
    // Of no cluster at all: their passes end at once, and have to be told so.
    if (rooms.length === 0) open.push(this.runner.roomForChanged(null) - this.asked);
    return { room: open.length === 0 ? 0 : Math.min(...open, MOST_TOGETHER), full };
  }
}
