import { hostname } from 'node:os';

import { KubeClient } from '#kube';
import { Injectable, Logger } from '@nestjs/common';

import { Clusters } from './clusters.js';
import { INTERNAL_ERROR } from './diagnosis.js';
import { ensureTenant } from './ensure-tenant.js';
import { LeaseKeeper, LeaseLost, PassCancelled } from './lease-keeper.js';
import { type LeasedTenant, Leases } from './lease.js';
import { type Outcome, outcomeOf } from './outcome.js';
import { removeTenant } from './remove-tenant.js';
import { type PassResult, Settlement, type SettlementSettings } from './settle.js';
import { StepLog } from './steps.js';

export interface ReconcilerSettings extends SettlementSettings {
  leaseMs: number;
}

/**
 * Makes the cluster match what is wanted of one tenant: lease → render → observe → compare → apply →
 * prune → write down. Level-triggered: a pass is told which tenant, never what changed, so it does not
 * matter how many wake-ups there were, or where an earlier pass died. A pass over a tenant that matches
 * writes nothing to the cluster.
 */
@Injectable()
export class Reconciler {
  private readonly logger = new Logger(Reconciler.name);
  private readonly owner = `${hostname()}/${process.pid}`;

  constructor(
    private readonly kube: KubeClient,
    private readonly clusters: Clusters,
    private readonly leases: Leases,
    private readonly settlement: Settlement,
    private readonly settings: ReconcilerSettings,
  ) {}

  /**
   * One pass over one tenant. Trouble with the cluster ends up on the tenant and its operation.
   * @throws only when the database fails; the lease then runs out and the sweeper comes back.
   */
  async reconcile(tenantId: string): Promise<void> {
    const { leaseMs } = this.settings;
    const tenant = await this.leases.acquire(tenantId, this.owner, leaseMs);
    if (tenant === null) return;
    const keeper = new LeaseKeeper(() => this.leases.renew(tenant.id, tenant.epoch, leaseMs), leaseMs);
    const result: PassResult = {
      outcome: { kind: 'settled' },
      steps: new StepLog(tenant.steps, tenant.failureCount),
      ...{ applied: [], removed: [], deleted: false },
    };
    const progress = this.settlement.progressOf(tenant, result.steps, keeper);
    try {
      const pass = { tenant, result, keeper, kube: this.kube };
      if (tenant.deletionRequested) await removeTenant(pass);
      else await ensureTenant(pass, await this.clusters.ready(tenant.clusterId));
    } catch (error) {
      if (error instanceof LeaseLost) {
        await this.afterLostLease(tenantId);
        return;
      }
      result.outcome = error instanceof PassCancelled ? cancelledPass : this.conclude(tenant, error);
    } finally {
      keeper.stop();
      await progress.stop();
    }
    noteWait(result);
    const written = await this.settlement.write(tenant, result, this.settings);
    if (!written) await this.afterLostLease(tenantId);
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
