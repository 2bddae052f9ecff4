import { performance } from 'node:perf_hooks';

import { withinPatience } from '#background';
import { Clusters } from '#clusters';
import { type BeforeApplicationShutdown, Inject, Injectable, Logger } from '@nestjs/common';

import { Reconciler } from '../reconcile/reconciler.js';
import { Slots } from './slots.js';

/** Injection token of the most passes that are under way at the same time. */
export const CONCURRENCY = Symbol('Concurrency');

/** How often changed tenants are looked for although nobody said that there are some. */
const PERIOD_MS = 250;
/** Where one has changed, the next often follows. */
const SOON_MS = 20;
/** Most tenants that are taken together: passes in step would all wait for the cluster, and then all for this process. */
const MOST_TOGETHER = 4;

/**
 * Takes changed tenants from the table and has them reconciled, as many at a time as there is room for. Every worker
 * does, and no two take the same, so a backlog is shared out by itself. Being told of a change only makes it quicker.
 */
@Injectable()
export class Dispatcher implements BeforeApplicationShutdown {
  private readonly logger = new Logger(Dispatcher.name);
  private readonly passes = new Set<Promise<unknown>>();
  private readonly slots: Slots;
  private looking: Promise<void> | null = null;
  /** Tenants that have been asked for, at most, and not answered yet. */
  private asked = 0;
  private timer: NodeJS.Timeout | null = null;
  /** By the monotonic clock, in milliseconds; when `timer` goes off. */
  private nextLookAt = Infinity;
  /** When somebody last told of a change. */
  private toldAt = -Infinity;
  /** The last look took as many as there was room for. */
  private isMoreLikely = false;
  private isStopped = false;

  constructor(
    private readonly reconciler: Reconciler,
    private readonly clusters: Clusters,
    @Inject(CONCURRENCY) concurrency: number,
  ) {
    this.slots = new Slots(concurrency, () => this.clusters.ids);
  }

  start(): void {
    this.lookWithin(PERIOD_MS);
  }

  /** Somebody says that a tenant has changed. Resolves when it, and whatever else there was room for, is in hand. */
  async dispatch(): Promise<void> {
    this.toldAt = performance.now();
    // A look that is under way may have begun before the change.
    await this.looking;
    await this.look();
  }

  /** Reconciles a tenant that nobody may have changed, when there is room for it. Never rejects. */
  async reconcile(tenantId: string): Promise<void> {
    while (this.slots.roomFor(null) === 0) await Promise.race(this.passes);
    await this.follow(null, this.reconciler.reconcile(tenantId));
  }

  /** Begins no more passes, and waits for those under way while the database is still open. */
  async beforeApplicationShutdown(): Promise<void> {
    this.isStopped = true;
    if (this.timer !== null) clearTimeout(this.timer);
    await this.looking;
    await Promise.allSettled(this.passes);
  }

  private look(): Promise<void> {
    this.looking ??= withinPatience(this.takeTenants()).finally(() => {
      this.looking = null;
      this.lookWithin(PERIOD_MS);
    });
    return this.looking;
  }

  private async takeTenants(): Promise<void> {
    const { room, full } = this.room();
    if (this.isStopped || room <= 0) return;
    this.asked += room;
    let taken = 0;
    try {
      const begun = await this.reconciler.reconcileChanged(room, full);
      taken = begun.length;
      for (const { clusterId, ended } of begun) void this.follow(clusterId, ended);
    } catch (error) {
      this.logger.warn({ err: error }, 'changed tenants could not be taken; the next look follows');
    }
    this.asked -= room;
    this.isMoreLikely = taken === room;
    if (taken > 0) this.lookWithin(SOON_MS);
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
        if (this.isMoreLikely || this.toldAt > since) this.lookWithin(0);
      });
    this.passes.add(pass);
    return pass;
  }

  /** Looks in so many milliseconds at the latest. */
  private lookWithin(ms: number): void {
    const at = performance.now() + ms;
    if (this.isStopped || at >= this.nextLookAt) return;
    if (this.timer !== null) clearTimeout(this.timer);
    this.nextLookAt = at;
    this.timer = setTimeout(() => {
      this.nextLookAt = Infinity;
      void this.look();
    }, ms);
  }
}
