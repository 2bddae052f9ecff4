import { hostname } from 'node:os';
import { performance } from 'node:perf_hooks';

import { Clusters } from '#clusters';
import { type ClusterFacts } from '#isolation';
import { objectName } from '#kube';
import { newDurations } from '#telemetry';
import { Inject, Injectable, Logger, type OnModuleDestroy } from '@nestjs/common';

import { TenantRemoval } from '../deletion/remove-tenant.js';
import { currentMoment, LeaseKeeper, LeaseLost, PassCancelled, PassHandedOver } from '../lease/lease-keeper.js';
import { Leases } from '../lease/lease.js';
import { type InventoryEntry, type LeasedTenant } from '../lease/leased-tenant.js';
import { INTERNAL_ERROR } from '../pass/diagnosis.js';
import { type Outcome, outcomeOf } from '../pass/outcome.js';
import { type PassResult, type WrittenKinds } from '../pass/pass-result.js';
import { StepLog } from '../pass/steps.js';
import { Settlement, type SettlementSettings } from '../settle/settle.js';
import { ensureTenant } from './ensure-tenant.js';

export interface ReconcilerSettings extends SettlementSettings {
  leaseMs: number;
}

/** Injection token of the `ReconcilerSettings`. */
export const RECONCILER_SETTINGS = Symbol('ReconcilerSettings');

/** How long requests under way may take when the process stops; it has 10 s in all. */
const PATIENCE_MS = 5_000;

/** Tenants whose last pass is remembered, newest kept. */
const REMEMBERED = 500;
/** Watches that are later than this are not waited for. */
const WATCHES_LAG_MS = 5_000;

const passDurations = newDurations({
  name: 'bulkhead_pass_duration_seconds',
  help: 'Passes over tenants from the lease to what is written down, by how they ended.',
  labels: ['outcome'],
});

/** What a pass left. */
interface Remembered {
  inventory: readonly InventoryEntry[];
  written: WrittenKinds;
  /** Its end, by the monotonic clock in milliseconds. */
  at: number;
}

/**
 * Makes the cluster match what is wanted of one tenant: lease → render → observe → compare → apply →
 * prune → write down. Level-triggered: a pass is told which tenant, never what changed, so it does not
 * matter how many wake-ups there were, or where an earlier pass died. A pass over a tenant that matches
 * writes nothing to the cluster.
 */
@Injectable()
export class Reconciler implements OnModuleDestroy {
  private readonly logger = new Logger(Reconciler.name);
  /** Passes of this process, by tenant. */
  private readonly keepers = new Map<string, LeaseKeeper>();
  private stopping = false;
  /** What passes of this process left, by tenant. */
  private readonly remembered = new Map<string, Remembered>();
  private readonly owner = `${hostname()}/${process.pid}`;

  constructor(
    private readonly removal: TenantRemoval,
    private readonly clusters: Clusters,
    private readonly leases: Leases,
    private readonly settlement: Settlement,
    @Inject(RECONCILER_SETTINGS) private readonly settings: ReconcilerSettings,
  ) {}

  /**
   * One pass over one tenant. Trouble with the cluster ends up on the tenant and its operation.
   * @param options `urgent`: not together with others, so that it waits for nothing.
   * @returns false when somebody else is at work on the tenant, or it is deleted.
   * @throws only when the database fails; the lease then runs out and the sweeper comes back.
   */
  async reconcile(tenantId: string, { urgent = false } = {}): Promise<boolean> {
    const askedAt = currentMoment();
    const tenant = await this.leases.acquire(tenantId, this.owner, this.settings.leaseMs, { alone: urgent });
    if (tenant === null) return false;
    await this.carryOut(tenant, askedAt);
    return true;
  }

  /**
   * Begins passes over tenants that somebody has changed, the longest waiting first.
   * @param limit most of them.
   * @returns the passes; each rejects as `reconcile` does.
   */
  async reconcileChanged(limit: number): Promise<Promise<void>[]> {
    if (this.stopping) return [];
    const askedAt = currentMoment();
    const tenants = await this.leases.acquireChanged(this.owner, this.settings.leaseMs, limit);
    return tenants.map((tenant) => this.carryOut(tenant, askedAt));
  }

  private async carryOut(tenant: LeasedTenant, askedAt: ReturnType<typeof currentMoment>): Promise<void> {
    const { leaseMs } = this.settings;
    const keeper = new LeaseKeeper(() => this.leases.renew(tenant.id, tenant.epoch, leaseMs), leaseMs, askedAt);
    if (this.stopping) keeper.handOver();
    this.keepers.set(tenant.id, keeper);
    try {
      await this.pass(tenant, keeper);
    } finally {
      keeper.stop();
      this.keepers.delete(tenant.id);
    }
  }

  private async pass(tenant: LeasedTenant, keeper: LeaseKeeper): Promise<void> {
    const ended = passDurations.startTimer();
    const result: PassResult = {
      outcome: { kind: 'settled' },
      steps: new StepLog(tenant.steps, tenant.failureCount),
      ...{ applied: [], written: [], removed: [], deleted: false },
    };
    const progress = this.settlement.progressOf(tenant, result.steps, keeper);
    let facts: ClusterFacts | null = null;
    try {
      const { kube, cache } = this.clusters;
      const pass = { tenant, result, keeper, kube, cache, memory: this.leases.workloads };
      if (tenant.deletionRequested) {
        await this.removal.remove(pass);
      } else {
        facts = await this.clusters.ready(tenant.clusterId);
        await ensureTenant(pass, facts);
      }
    } catch (error) {
      if (error instanceof LeaseLost) {
        ended({ outcome: 'lease-lost' });
        await this.afterLostLease(tenant.id);
        return;
      }
      if (error instanceof PassHandedOver) {
        ended({ outcome: 'handed-over' });
        await this.leases.release(tenant.id, tenant.epoch);
        return;
      }
      result.outcome = error instanceof PassCancelled ? cancelledPass : this.conclude(tenant, error);
    } finally {
      await progress.stop();
    }
    noteWait(result);
    const written = await this.settlement.write(tenant, result, this.settings);
    ended({ outcome: written ? result.outcome.kind : 'lease-lost' });
    if (written) this.remember(tenant, result);
    else await this.afterLostLease(tenant.id);
    // Whoever learned of other facts meanwhile woke this tenant, and settling put that off.
    if (facts !== null && this.clusters.isOutdated(facts)) await this.leases.askForAnotherPass(tenant.id);
  }

  /** Passes end at their next step and hand over; requests that hang are cut off. */
  onModuleDestroy(): void {
    this.stopping = true;
    for (const keeper of this.keepers.values()) keeper.handOver();
    setTimeout(() => void this.clusters.kube.cutOff(), PATIENCE_MS).unref();
  }

  /** Whether this process is at work on the tenant. */
  isBusy(tenantId: string): boolean {
    return this.keepers.has(tenantId);
  }

  /** What was applied as of the last pass that this process remembers; another process may know better. */
  lastInventory(tenantId: string): readonly InventoryEntry[] | undefined {
    return this.remembered.get(tenantId)?.inventory;
  }

  /** Whether the watches have yet to tell something that a pass of this process has written just now. */
  isAheadOfWatches(tenantId: string): boolean {
    const last = this.remembered.get(tenantId);
    if (last === undefined || performance.now() - last.at > WATCHES_LAG_MS) return false;
    return last.written.some((kind) => !this.clusters.cache.hasReached(kind, kind.version));
  }

  private remember({ id, inventory }: LeasedTenant, { applied, written, removed, deleted }: PassResult): void {
    const entries = new Map(inventory.map((entry) => [objectName(entry), entry]));
    for (const entry of removed) entries.delete(objectName(entry));
    for (const entry of applied) entries.set(objectName(entry), entry);
    this.remembered.delete(id);
    if (!deleted) this.remembered.set(id, { inventory: [...entries.values()], written, at: performance.now() });
    const [oldest] = this.remembered.keys();
    if (this.remembered.size > REMEMBERED && oldest !== undefined) this.remembered.delete(oldest);
  }

  private async afterLostLease(tenantId: string): Promise<void> {
    this.logger.warn({ tenantId }, 'the lease was lost; what was observed is not written');
    await this.leases.askForAnotherPass(tenantId);
  }

  private conclude(tenant: LeasedTenant, error: unknown): Outcome {
    const outcome = outcomeOf(error, tenant.failureCount);
    const about = { tenantId: tenant.id, generation: tenant.generation };
    if (outcome.kind === 'retry' || outcome.kind === 'failed') {
      const { reason, message, object, cause } = outcome.trouble;
      const defect = reason === INTERNAL_ERROR ? { err: error } : {};
      this.logger.warn({ ...about, outcome: outcome.kind, reason, object, cause, ...defect }, message);
    }
    return outcome;
  }
}

/** What is written down of a cancelled pass decides `endCancelledPass`; this only must not look like an end. */
const cancelledPass: Outcome = {
  kind: 'retry',
  trouble: { reason: 'Cancelled', message: 'The operation was cancelled on request.', object: null, kind: null },
  clusterReachable: true,
};

/** Waiting is a step, too: it has a beginning, and an end that a later pass sees. */
function noteWait({ outcome, steps }: PassResult): void {
  if (outcome.kind === 'settled') steps.waitFor(null);
  if (outcome.kind !== 'waiting' || outcome.trouble.object === null) return;
  const { object, reason, message } = outcome.trouble;
  steps.waitFor({ object, code: reason, message });
}
