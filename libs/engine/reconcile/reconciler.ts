import { hostname } from 'node:os';
import { performance } from 'node:perf_hooks';

import { currentMoment, type Moment } from '#background';
import { Clusters } from '#clusters';
import { objectName } from '#kube';
import { INTERNAL_ERROR } from '#problems';
import { newDurations } from '#telemetry';
import { Inject, Injectable, Logger, type OnModuleDestroy } from '@nestjs/common';

import { removalStart, TenantRemoval } from '../deletion/remove-tenant.js';
import { LeaseKeeper } from '../lease/lease-keeper.js';
import { Leases } from '../lease/lease.js';
import { type InventoryEntry, type LeasedTenant } from '../lease/leased-tenant.js';
import { LeaseLost, type PassEnded } from '../lease/pass-ended.js';
import { noFindings, type Write } from '../pass/findings.js';
import { type Outcome, outcomeOf } from '../pass/outcome.js';
import { type PassResult, resultOf } from '../pass/pass-result.js';
import { type PhaseFailure, type PhasesEnd, runPhases } from '../pass/phases.js';
import { StepLog } from '../pass/steps.js';
import { Settlement, type SettlementSettings } from '../settle/settle.js';
import { ensureStart } from './ensure-tenant.js';
import { ensurePhases, removalPhases } from './phases.js';

export interface ReconcilerSettings extends SettlementSettings {
  leaseMs: number;
  /** Time after which a refusal that is repeated is final. */
  refusalPatienceMs: number;
}

/** Injection token of the `ReconcilerSettings`. */
export const RECONCILER_SETTINGS = Symbol('ReconcilerSettings');

/** Time limit of open requests when the process stops; it has 10 s in all. */
const CUT_OFF_AFTER_MS = 5_000;

/** Tenants whose last pass is remembered; the oldest are forgotten first. */
const REMEMBERED = 500;
/** Longest lag of the watches that is waited for. */
const WATCHES_LAG_MS = 5_000;

const passDurations = newDurations({
  name: 'bulkhead_pass_duration_seconds',
  help: 'Passes over tenants from the lease to the written result, by how they ended.',
  labels: ['outcome'],
});

/** A pass under way. */
export interface BegunPass {
  tenantId: string;
  /** The cluster of its tenant. */
  clusterId: string;
  /** Rejects only if the database fails; the lease then expires, and the sweeper wakes the tenant. */
  ended: Promise<void>;
}

/** Result of a pass that a process remembers. */
export interface Remembered {
  clusterId: string;
  inventory: readonly InventoryEntry[];
  written: readonly Write[];
  /** End of the pass by the monotonic clock, in milliseconds. */
  at: number;
}

/**
 * Makes the cluster match the desired state of one tenant: takes the lease, runs the phases (`phases.ts`) and settles.
 * Level-triggered: a pass knows its tenant, never what changed, so it does not matter how many wake-ups there were, or
 * where an earlier pass died.
 */
@Injectable()
export class Reconciler implements OnModuleDestroy {
  private readonly logger = new Logger(Reconciler.name);
  /** Passes of this process under way, by tenant. */
  private readonly underWay = new Map<string, { tenant: LeasedTenant; keeper: LeaseKeeper }>();
  private stopping = false;
  /** Results of this process's last passes, by tenant. */
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
   * Begins one pass over one tenant. An error of the cluster is recorded on the tenant and its operation.
   * @param options `urgent`: takes the lease in a statement of its own, so that it waits for nothing
   * @returns null if another pass holds the tenant's lease, or the tenant is deleted
   */
  async begin(tenantId: string, { urgent }: { urgent: boolean }): Promise<BegunPass | null> {
    const askedAt = currentMoment();
    const tenant = await this.leases.acquire(tenantId, this.owner, this.settings.leaseMs, { alone: urgent });
    return tenant === null ? null : this.begun(tenant, askedAt);
  }

  /**
   * Begins passes over changed tenants, the longest waiting first.
   * @param limit maximum number of passes
   * @param exceptClusters ids of clusters whose tenants are skipped
   */
  async reconcileChanged(limit: number, exceptClusters: readonly string[]): Promise<BegunPass[]> {
    if (this.stopping) return [];
    const askedAt = currentMoment();
    const tenants = await this.leases.acquireChanged(this.owner, this.settings.leaseMs, limit, exceptClusters);
    return tenants.map((tenant) => this.begun(tenant, askedAt));
  }

  private begun(tenant: LeasedTenant, askedAt: Moment): BegunPass {
    return { tenantId: tenant.id, clusterId: tenant.clusterId, ended: this.carryOut(tenant, askedAt) };
  }

  private async carryOut(tenant: LeasedTenant, askedAt: Moment): Promise<void> {
    const { leaseMs } = this.settings;
    const { generation } = tenant;
    const renew = (): Promise<number | null> => this.leases.renew(tenant.id, tenant.epoch, leaseMs);
    const keeper = new LeaseKeeper({ leaseMs, askedAt, generation, renew });
    if (this.stopping) keeper.handOver();
    const pass = { tenant, keeper };
    this.underWay.set(tenant.id, pass);
    try {
      await this.pass(tenant, keeper);
    } finally {
      keeper.stop();
      // A later pass may have begun, if this one lost its lease.
      if (this.underWay.get(tenant.id) === pass) this.underWay.delete(tenant.id);
    }
  }

  private async pass(tenant: LeasedTenant, keeper: LeaseKeeper): Promise<void> {
    const ended = passDurations.startTimer();
    const steps = new StepLog(tenant.steps);
    const progress = this.settlement.progressOf(tenant, steps, keeper);
    const { findings, failure } = await this.work(tenant, keeper, steps);
    await progress.stop();
    if (failure !== null) {
      // Whatever error it ended by: a pass that has to end tells nothing about the cluster.
      const cause = failure.error instanceof LeaseLost ? failure.error : keeper.ended;
      if (cause !== null) {
        ended({ outcome: cause.outcome });
        await this.giveUp(tenant, cause, resultOf(findings, steps, interruptedPass));
        return;
      }
    }
    const result = resultOf(findings, steps, failure === null ? null : this.outcomeOf(tenant, failure));
    recordWait(result);
    const written = await this.settlement.write(tenant, result, this.settings);
    ended({ outcome: written ? result.outcome.kind : 'lease-lost' });
    if (written) this.remember(tenant, result);
    else await this.afterLostLease(tenant.id);
  }

  /** Ends a pass that had to end before its work was done. */
  private async giveUp(tenant: LeasedTenant, cause: PassEnded, result: PassResult): Promise<void> {
    const isHeld = !(cause instanceof LeaseLost) && (await this.settlement.giveBack(tenant, result));
    if (!isHeld) await this.afterLostLease(tenant.id);
  }

  /** Runs the phases of a pass; an error that ends them is part of the result. */
  private async work(tenant: LeasedTenant, keeper: LeaseKeeper, steps: StepLog): Promise<PhasesEnd> {
    try {
      const session = await this.clusters.session(tenant.clusterId);
      const { kube, cache, removal } = session;
      const pass = { tenant, steps, keeper, kube, cache, removal, memory: this.leases.workloads };
      // Deletions share requests with each other, so no pass may end them.
      if (tenant.deletionRequested) return await runPhases(removalPhases(this.removal), pass, removalStart);
      const facts = await keeper.unlessEnded(session.ready());
      return await runPhases(ensurePhases, { ...pass, kube: kube.within(keeper.limits) }, ensureStart(facts));
    } catch (error) {
      return { findings: noFindings, failure: { phase: 'reach the cluster', error } };
    }
  }

  /** Ends passes at their next step and hands their tenants over; cuts off requests that hang. */
  onModuleDestroy(): void {
    this.stopping = true;
    for (const { keeper } of this.underWay.values()) keeper.handOver();
    setTimeout(() => void this.clusters.cutOff(), CUT_OFF_AFTER_MS).unref();
  }

  /**
   * Gives the leases of all passes back that have not ended, in one statement, so that other workers continue at once.
   * Only for a process that is about to exit, after its connections to clusters were cut off.
   */
  async abandonPasses(): Promise<void> {
    await this.leases.release([...this.underWay.values()].map(({ tenant }) => tenant));
  }

  /** Ends the pass of this process over the tenant, if there is one, for an earlier generation. */
  noteGeneration(tenantId: string, generation: number): void {
    this.underWay.get(tenantId)?.keeper.noteGeneration(generation);
  }

  /** The result of the last pass that this process remembers; another process may have made a later one. */
  lastPass(tenantId: string): Pick<Remembered, 'clusterId' | 'inventory'> | undefined {
    return this.remembered.get(tenantId);
  }

  /** Reports whether the watches have yet to deliver what a recent pass of this process wrote. */
  isAheadOfWatches(tenantId: string): boolean {
    const last = this.remembered.get(tenantId);
    if (last === undefined || performance.now() - last.at > WATCHES_LAG_MS) return false;
    const cache = this.clusters.find(last.clusterId)?.cache;
    return last.written.some((kind) => cache?.hasReached(kind, kind.version) === false);
  }

  private remember({ id, clusterId, inventory }: LeasedTenant, result: PassResult): void {
    const { applied, written, removed, deleted } = result;
    const entries = new Map(inventory.map((entry) => [objectName(entry), entry]));
    for (const entry of removed) entries.delete(objectName(entry));
    for (const entry of applied) entries.set(objectName(entry), entry);
    this.remembered.delete(id);
    if (!deleted) {
      this.remembered.set(id, { clusterId, inventory: [...entries.values()], written, at: performance.now() });
    }
    const [oldest] = this.remembered.keys();
    if (this.remembered.size > REMEMBERED && oldest !== undefined) this.remembered.delete(oldest);
  }

  /** Its last requests may have reached the cluster after those of the new holder. */
  private async afterLostLease(tenantId: string): Promise<void> {
    this.logger.warn({ tenantId }, 'the lease was lost; the result of the pass is not written');
    await this.leases.wake(tenantId);
  }

  private outcomeOf(tenant: LeasedTenant, { phase, error }: PhaseFailure): Outcome {
    const outcome = outcomeOf(error, tenant.refusals, this.settings.refusalPatienceMs);
    const about = { tenantId: tenant.id, generation: tenant.generation, phase };
    if (outcome.kind === 'retry' || outcome.kind === 'failed') {
      const { reason, message, object, cause } = outcome.problem;
      const defect = reason === INTERNAL_ERROR ? { err: error } : {};
      this.logger.warn({ ...about, outcome: outcome.kind, reason, object, cause, ...defect }, message);
    }
    return outcome;
  }
}

/** Nothing of it is written: it only has to be an outcome that is not final. */
const interruptedPass: Outcome = {
  kind: 'retry',
  problem: { reason: '', message: '', object: null, kind: null },
  clusterReachable: true,
  refused: false,
};

/** Waiting is a step, too: it begins here, and a later pass ends it. */
function recordWait({ outcome, steps }: PassResult): void {
  if (outcome.kind === 'settled') steps.waitFor(null);
  if (outcome.kind !== 'waiting' || outcome.problem.object === null) return;
  const { object, reason, message } = outcome.problem;
  steps.waitFor({ object, code: reason, message });
}
