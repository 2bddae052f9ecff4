import { performance } from 'node:perf_hooks';

import { Loop } from '#background';
import { Clusters } from '#clusters';
import { type BeforeApplicationShutdown, Inject, Injectable, Logger } from '@nestjs/common';
import pTimeout from 'p-timeout';

import { Reconciler } from '../reconcile/reconciler.js';
import { Slots } from './slots.js';

/** Injection token of the most passes that are under way at the same time. */
export const CONCURRENCY = Symbol('Concurrency');

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
  private readonly logger = new Logger(Dispatcher.name);
  private readonly passes = new Set<Promise<unknown>>();
  private readonly slots: Slots;
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
  /** The last look took as many as there was room for. */
  private isMoreLikely = false;

  constructor(
    private readonly reconciler: Reconciler,
    private readonly clusters: Clusters,
    @Inject(CONCURRENCY) concurrency: number,
  ) {
    this.slots = new Slots(concurrency, () => this.clusters.ids);
  }

  /** A tenant has changed. Resolves when it, and whatever else there was room for, is in hand. */
  async dispatch(): Promise<void> {
    this.wokenAt = performance.now();
    await this.loop.now();
  }

  /** Reconciles a tenant, changed or not, when there is room for it. Never rejects. */
  async reconcile(tenantId: string): Promise<void> {
    while (this.slots.roomFor(null) === 0) await Promise.race(this.passes);
    await this.follow(null, this.reconciler.reconcile(tenantId));
  }

  /** Begins no more passes, and waits for those under way while the database is still open. */
  async beforeApplicationShutdown(): Promise<void> {
    await this.loop.stop();
    await Promise.allSettled(this.passes);
  }

  private async takeTenants(stopping: AbortSignal): Promise<void> {
    const { room, full } = this.room();
    if (stopping.aborted || room <= 0) return;
    this.asked += room;
    let taken = 0;
    try {
      const begun = await this.reconciler.reconcileChanged(room, full);
      taken = begun.length;
      for (const { clusterId, ended } of begun) void this.follow(clusterId, ended);
    } finally {
      this.asked -= room;
      this.isMoreLikely = taken === room;
    }
    if (taken > 0) this.loop.within(SOON_MS);
  }

  /** How many tenants can be taken together, of whichever cluster but those without room. */
  private room(): { room: number; full: string[] } {
    const rooms = this.clusters.ids.map((id) => ({ id, room: this.slots.roomFor(id) - this.asked }));
    const open = rooms.filter(({ room }) => room > 0).map(({ room }) => room);
    const full = rooms.filter(({ room }) => room <= 0).map(({ id }) => id);
    // Of no cluster at all: their passes end at once, and have to be told so.
    if (rooms.length === 0) open.push(this.slots.roomFor(null) - this.asked);
    return { room: open.length === 0 ? 0 : Math.min(...open, MOST_TOGETHER), full };
  }

  private follow(clusterId: string | null, begun: Promise<unknown>): Promise<unknown> {
    this.slots.take(clusterId);
    const since = performance.now();
    const pass = begun
      .catch((error: unknown) => {
        this.logger.error({ err: error }, 'a pass failed');
      })
      .finally(() => {
        this.passes.delete(pass);
        this.slots.giveBack(clusterId);
        // The same tenant may have changed again, and could not be taken.
        if (this.isMoreLikely || this.wokenAt > since) this.loop.within(0);
      });
    this.passes.add(pass);
    return pass;
  }
}
