import { performance } from 'node:perf_hooks';

import { Loop } from '#background';
import { Clusters } from '#clusters';
import { uuidOf } from '#persistence';
import { type BeforeApplicationShutdown, Injectable, Logger } from '@nestjs/common';

import { HealPace } from '../drift/heal-pace.js';
import { type AppliedTenant, Leases } from '../lease/lease.js';
import { isAsApplied } from '../observe/difference.js';
import { Reconciler, type Remembered } from '../reconcile/reconciler.js';
import { Slots } from './slots.js';

/** Tenants whose inventory is asked for at once. */
const BATCH = 200;
/** Passes that drift alone may have under way: changes that people asked for have slots of their own. */
const MOST_PASSES = 8;
/**
 * When to look again at a tenant that a pass of this process is at work on; that another process is at work on, or of
 * which the watches have not told all that a pass wrote (which is looked at as soon as they do); or after a failed look.
 */
const [BUSY_MS, LEASED_MS, FAILED_MS] = [10, 300, 1_000];

/**
 * Notices at once when somebody changes or deletes what belongs to a tenant, and has it put right. The watches tell
 * that something happened, never what to do: the inventory says whether it was Bulkhead itself, and a pass over the
 * tenant finds what differs.
 */
@Injectable()
export class DriftWatch implements BeforeApplicationShutdown {
  private readonly logger = new Logger(DriftWatch.name);
  /** Tenants in which something happened, and when (monotonic ms) to look at the earliest. */
  private readonly suspects = new Map<string, number>();
  private readonly passes = new Set<Promise<void>>();
  private readonly slots = new Slots(MOST_PASSES, () => this.clusters.ids);
  private readonly pace = new HealPace();
  readonly loop = new Loop({
    name: 'drift-watch',
    periodMs: null,
    onStart: () => {
      this.watch();
    },
    run: () => this.lookAtDue(),
    failed: 'failed to look for drift; will retry',
  });

  constructor(
    private readonly leases: Leases,
    private readonly reconciler: Reconciler,
    private readonly clusters: Clusters,
  ) {}

  private watch(): void {
    void this.clusters.watch({
      changed: (tenantId) => {
        // Other installations may use the same cluster, and labels can be forged.
        if (this.suspects.has(tenantId) || uuidOf('tenant', tenantId) !== null) this.suspect(tenantId, 0);
      },
    });
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.loop.stop();
    await Promise.allSettled(this.passes);
  }

  private suspect(tenantId: string, inMs: number): void {
    const at = performance.now() + inMs;
    this.suspects.set(tenantId, Math.min(at, this.suspects.get(tenantId) ?? Infinity));
    this.loop.within(inMs);
  }

  private async lookAtDue(): Promise<void> {
    const now = performance.now();
    const due = [...this.suspects].filter(([, at]) => at <= now).map(([tenantId]) => tenantId);
    const batch = due.slice(0, BATCH);
    for (const tenantId of batch) this.suspects.delete(tenantId);
    try {
      await this.look(batch);
    } catch (error) {
      for (const tenantId of batch) this.suspect(tenantId, FAILED_MS);
      throw error;
    } finally {
      if (this.suspects.size > 0) this.loop.within(Math.min(...this.suspects.values()) - performance.now());
    }
  }

  private async look(tenantIds: readonly string[]): Promise<void> {
    const unclear: string[] = [];
    for (const tenantId of tenantIds) {
      if (this.reconciler.isBusy(tenantId)) this.suspect(tenantId, BUSY_MS);
      else if (this.isAsSettled(tenantId)) continue;
      else if (this.reconciler.isAheadOfWatches(tenantId)) this.suspect(tenantId, LEASED_MS);
      else unclear.push(tenantId);
    }
    if (unclear.length === 0) return;
    for (const tenant of await this.leases.applied(unclear)) this.judge(tenant);
  }

  /** Whether all is as the last pass of this process left it: then it was that pass that was noticed. */
  private isAsSettled(tenantId: string): boolean {
    const last = this.reconciler.lastPass(tenantId);
    return last !== undefined && this.isAsApplied(tenantId, last);
  }

  /** Whether the watches of the tenant's own cluster know its objects as they were applied. */
  private isAsApplied(
    tenantId: string,
    { clusterId, inventory }: Pick<Remembered, 'clusterId' | 'inventory'>,
  ): boolean {
    const cache = this.clusters.find(clusterId)?.cache;
    // Without a session nothing is known of drift there, and there is nothing to heal it by.
    return (
      cache === undefined || isAsApplied(inventory, cache.ofGroup(tenantId), (resource) => cache.isWatched(resource))
    );
  }

  private judge(tenant: AppliedTenant): void {
    const { id, clusterId, leased } = tenant;
    if (leased) this.suspect(id, LEASED_MS);
    else if (this.isAsApplied(id, tenant)) return;
    else if (this.slots.roomFor(clusterId) === 0) this.suspect(id, BUSY_MS);
    else this.putRightInTime(id, clusterId);
  }

  private putRightInTime(tenantId: string, clusterId: string): void {
    const now = performance.now();
    const pauseMs = this.pace.pauseBefore(tenantId, now);
    if (pauseMs > 0) {
      this.suspect(tenantId, pauseMs);
      return;
    }
    const nextInMs = this.pace.note(tenantId, now);
    if (nextInMs > 0) {
      this.logger.warn({ tenantId, nextInMs }, 'somebody undoes what is put right; the next pass waits');
    }
    this.putRight(tenantId, clusterId);
  }

  private putRight(tenantId: string, clusterId: string): void {
    this.slots.take(clusterId);
    const pass = this.reconciler
      .reconcile(tenantId)
      .then((held) => {
        if (!held) this.suspect(tenantId, LEASED_MS);
      })
      .catch((error: unknown) => {
        this.logger.error({ err: error, tenantId }, 'a pass failed');
      })
      .finally(() => {
        this.slots.giveBack(clusterId);
        this.passes.delete(pass);
      });
    this.passes.add(pass);
  }
}
