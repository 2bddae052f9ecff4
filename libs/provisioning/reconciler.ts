import { hostname } from 'node:os';

import { renderTenant } from '#isolation';
import { KubeClient, type LiveObject, objectName } from '#kube';
import { Injectable, Logger } from '@nestjs/common';

import { prune, repairWave } from './apply.js';
import { Clusters } from './clusters.js';
import { difference, keyOf } from './difference.js';
import { LeaseKeeper, LeaseLost } from './lease-keeper.js';
import { type LeasedTenant, Leases } from './lease.js';
import { observeNamespaces, observeObjects } from './observe.js';
import { INTERNAL_ERROR, type Outcome, outcomeOf, PassFailed, PassWaiting } from './outcome.js';
import { type PassResult, Settlement } from './settle.js';
import { StepLog } from './steps.js';
import { givesAccess, wavesOf } from './waves.js';

export interface ReconcilerSettings {
  leaseMs: number;
  resyncMs: number;
}

/** How often a namespace that is ending is looked at. */
const TERMINATION_POLL_MS = 1_000;

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
      await (tenant.deletionRequested ? this.remove(tenant, result, keeper) : this.ensure(tenant, result, keeper));
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

  private async ensure(tenant: LeasedTenant, result: PassResult, keeper: LeaseKeeper): Promise<void> {
    const cluster = await this.clusters.ready(tenant.clusterId);
    const rendered = renderTenant({ ...tenant, cluster });
    const { own, foreign } = await observeNamespaces(this.kube, tenant);
    refuse(foreign);
    waitForEnd(own.filter((namespace) => !isStanding(namespace)));
    const objects = await observeObjects(this.kube, tenant, own);
    const change = difference(rendered, [...own, ...objects], tenant.inventory);
    const pruneOf = (access: boolean): LiveObject[] => change.prune.filter(({ kind }) => givesAccess(kind) === access);
    await this.removeObjects(pruneOf(true), result, keeper);
    for (const wave of wavesOf(change.repair)) {
      keeper.assertHeld();
      await repairWave(this.kube, wave, result.steps, result.applied);
    }
    await this.removeObjects(pruneOf(false), result, keeper);
    result.removed = change.forget;
  }

  /** Access ends first; what restricts stays until the namespaces themselves, with all in them, are gone. */
  private async remove(tenant: LeasedTenant, result: PassResult, keeper: LeaseKeeper): Promise<void> {
    const { own } = await observeNamespaces(this.kube, tenant);
    const standing = own.filter(isStanding);
    if (standing.length > 0) {
      const objects = await observeObjects(this.kube, tenant, standing);
      await this.removeObjects(
        objects.filter(({ kind }) => givesAccess(kind)),
        result,
        keeper,
      );
      await this.removeObjects(standing, result, keeper);
    }
    waitForEnd(standing.length > 0 ? (await observeNamespaces(this.kube, tenant)).own : own);
    result.deleted = true;
  }

  private async removeObjects(objects: LiveObject[], result: PassResult, keeper: LeaseKeeper): Promise<void> {
    keeper.assertHeld();
    await prune(this.kube, objects, result.steps);
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

/** @throws PassFailed when somebody else's namespace is in the way: it is never taken over. */
function refuse([foreign]: readonly LiveObject[]): void {
  if (foreign === undefined) return;
  const { name } = foreign.metadata;
  throw new PassFailed({
    reason: 'NamespaceNotOwned',
    message:
      `The namespace ${name} exists and does not belong to this tenant. Remove it and send any change of the tenant, ` +
      'or delete the tenant and create it under another slug.',
    object: objectName(keyOf(foreign)),
    kind: 'Namespace',
  });
}

function isStanding({ metadata }: LiveObject): boolean {
  return metadata.deletionTimestamp === undefined;
}

/** @throws PassWaiting while one of these namespaces is there: it is ending, and nothing can be made in it. */
function waitForEnd([ending]: readonly LiveObject[]): void {
  if (ending === undefined) return;
  const { name } = ending.metadata;
  const trouble = {
    reason: 'NamespaceTerminating',
    message: `The namespace ${name} is being deleted${blockers(ending)}.`,
    object: objectName(keyOf(ending)),
    kind: 'Namespace',
  };
  throw new PassWaiting(trouble, TERMINATION_POLL_MS);
}

/** What keeps a namespace from ending, in the namespace controller's own words. */
function blockers(namespace: LiveObject): string {
  const status = (namespace as { status?: { conditions?: { type: string; status: string; message?: string }[] } })
    .status;
  const remaining = (status?.conditions ?? []).filter(
    ({ type, status: value }) => /Remaining|Failure/.test(type) && value === 'True',
  );
  return remaining.length === 0 ? '' : `: ${remaining.map(({ message = '' }) => message).join(' ')}`;
}
