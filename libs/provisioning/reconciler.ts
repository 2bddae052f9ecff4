import { hostname } from 'node:os';

import { type KubeClient } from '#kube';
import { Injectable, Logger } from '@nestjs/common';

import { Clusters } from './clusters.js';
import { ensureTenant } from './ensure-tenant.js';
import { LeaseKeeper, LeaseLost } from './lease-keeper.js';
import { type LeasedTenant, Leases } from './lease.js';
import { INTERNAL_ERROR, type Outcome, outcomeOf } from './outcome.js';
import { type TenantRemoval } from './remove-tenant.js';
import { type PassResult, Settlement } from './settle.js';
import { StepLog } from './steps.js';

export interface ReconcilerSettings {
  leaseMs: number;
  resyncMs: number;
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
    private readonly cluster: { kube: KubeClient; removal: TenantRemoval },
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
    const { leaseMs, resyncMs } = this.settings;
    const tenant = await this.leases.acquire(tenantId, this.owner, leaseMs);
    if (tenant === null) return;
    const keeper = new LeaseKeeper(() => this.leases.renew(tenant.id, tenant.epoch, leaseMs), leaseMs);
    const result: PassResult = {
      outcome: { kind: 'settled' },
      steps: new StepLog(tenant.steps),
      ...{ applied: [], removed: [], deleted: false },
    };
    try {
      const pass = { tenant, result, keeper, kube: this.cluster.kube };
      if (tenant.deletionRequested) await this.cluster.removal.remove(pass);
      else await ensureTenant(pass, await this.clusters.ready(tenant.clusterId));
    } catch (error) {
      if (error instanceof LeaseLost) {
        await this.afterLostLease(tenantId);
        return;
      }
      result.outcome = this.conclude(tenant, error);
    } finally {
      keeper.stop();
    }
    const written = await this.settlement.write(tenant, result, resyncMs);
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
      const { reason, message, object } = outcome.trouble;
      const cause = reason === INTERNAL_ERROR ? { err: error } : {};
      this.logger.warn({ ...about, outcome: outcome.kind, reason, object, ...cause }, message);
    }
    return outcome;
  }
}
