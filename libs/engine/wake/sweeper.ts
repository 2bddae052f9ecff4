import { setImmediate as nextTurn } from 'node:timers/promises';

import { ErrorLog, Loop } from '#background';
import { Clusters } from '#clusters';
import { renderTenant } from '#isolation';
import { isWorkloadKind } from '#kube';
import { hasUnrecordedLinks } from '#links/worker';
import { JobQueue } from '#queue';
import { DueDeletions } from '#tenancy';
import { Injectable, Logger } from '@nestjs/common';

import { hasOpenDrift } from '../drift/drift-record.js';
import { type DueTenant, Leases } from '../lease/lease.js';
import { type LeasedTenant } from '../lease/leased-tenant.js';
import { difference, within } from '../observe/difference.js';
import { caveatsOf, showsCaveats } from '../settle/caveats.js';

const PERIOD_MS = 250;
const BATCH = 250;
/** So many are compared without a rest; one takes about a third of a millisecond. */
const TOGETHER = 20;
/** How long the sweeper leaves a tenant to the queue before it wakes it again. */
const GRACE_MS = 15_000;

/** Tenants that are as wanted, and others. */
type Compared = Record<'settled' | 'others', DueTenant[]>;

/**
 * Looks after tenants that nobody has changed and whose `next_reconcile_at` has passed, to compare them again. A tenant
 * that is as wanted costs neither a pass nor a request: it is rendered and compared with what the watches know.
 * Changed ones are the dispatcher's.
 */
@Injectable()
export class Sweeper {
  private readonly errors = new ErrorLog(new Logger(Sweeper.name));
  readonly loop = new Loop({
    name: 'sweeper',
    periodMs: PERIOD_MS,
    run: (stopping) => this.sweep(stopping),
    failed: 'failed to sweep; will retry',
  });

  constructor(
    private readonly leases: Leases,
    private readonly clusters: Clusters,
    private readonly queue: JobQueue,
    private readonly dueDeletions: DueDeletions,
    private readonly resyncMs: number,
  ) {}

  /** Looks at all tenants that are due. Several workers may look at the same time. */
  private async sweep(stopping: AbortSignal): Promise<void> {
    await this.dueDeletions.begin();
    let due = await this.leases.due(BATCH);
    let noting: Promise<void> = Promise.resolve();
    while (due.length > 0 && !stopping.aborted) {
      // While this process compares some, the database notes what came of the last ones, and reads the next.
      const next = due.length < BATCH ? [] : this.leases.due(BATCH, due.at(-1));
      const [found, following] = await Promise.all([this.compare(due), next, noting]);
      noting = this.note(found);
      due = following;
    }
    await noting;
  }

  private async compare(due: readonly DueTenant[]): Promise<Compared> {
    const compared: Compared = { settled: [], others: [] };
    for (const [number, tenant] of due.entries()) {
      // Passes, leases and watches of this process go on meanwhile.
      if (number % TOGETHER === 0) await nextTurn();
      compared[this.needsNoPass(tenant) ? 'settled' : 'others'].push(tenant);
    }
    return compared;
  }

  /** A tenant that cannot be compared gets a pass, which reports why on the tenant, and holds nobody else up. */
  private needsNoPass(tenant: DueTenant): boolean {
    try {
      return this.isAsWanted(tenant);
    } catch (error) {
      this.errors.warn(error, { err: error, tenantId: tenant.id }, 'failed to compare a tenant; it gets a pass');
      return false;
    }
  }

  private async note({ settled, others }: Compared): Promise<void> {
    if (settled.length > 0) await this.leases.postpone(settled, this.resyncMs);
    if (others.length === 0) return;
    const woken = await this.leases.claimWaking(
      others.map(({ id }) => id),
      GRACE_MS,
    );
    await Promise.all(woken.map((tenantId) => this.queue.add('reconcile-tenant', { tenantId }, { isIdle: true })));
  }

  /** Whether a look in memory is enough to know that the cluster still is as this tenant wants it. */
  private isAsWanted(tenant: LeasedTenant): boolean {
    const session = this.clusters.find(tenant.clusterId);
    const cluster = session?.facts ?? null;
    if (
      tenant.failureCount > 0 ||
      hasOpenDrift(tenant) ||
      hasUnrecordedLinks(tenant) ||
      tenant.deletionRequested ||
      tenant.phase === 'failed' ||
      session === null ||
      cluster === null ||
      !session.cache.complete
    ) {
      return false;
    }
    if (!showsCaveats(tenant.conditions, caveatsOf(cluster, tenant))) return false;
    const rendered = renderTenant({ ...tenant, cluster });
    // Workloads are not watched.
    if (tenant.restriction.suspended || rendered.some(({ kind }) => isWorkloadKind(kind))) return false;
    const { suspects, unexpected, forget } = difference(
      rendered,
      tenant.inventory,
      within(
        tenant.environments.map(({ namespace }) => namespace),
        session.cache.ofGroup(tenant.id),
      ),
    );
    return suspects.length === 0 && unexpected.length === 0 && forget.length === 0;
  }
}
