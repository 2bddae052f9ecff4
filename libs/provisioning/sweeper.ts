import { renderTenant } from '#isolation';
import { isWorkloadKind } from '#kube';
import { JobQueue } from '#queue';
import { type BeforeApplicationShutdown, Injectable, Logger } from '@nestjs/common';

import { Clusters } from './clusters.js';
import { difference, within } from './ensure/difference.js';
import { isShown, standingVerdicts } from './settle/standing-verdicts.js';
import { hasOpenDrift } from './drift/drift-record.js';
import { type LeasedTenant, Leases } from './lease/lease.js';
import { hasUnseenLinks } from './links/link-rows.js';

import { DueDeletions } from './deletion/due-deletions.js';

const PERIOD_MS = 250;
const BATCH = 250;
/** How long the sweeper leaves a tenant to the queue before it wakes it again. */
const GRACE_MS = 15_000;

/**
 * Looks after tenants that nobody has changed and whose `next_reconcile_at` has passed, to compare them again. A tenant
 * that is as wanted costs neither a pass nor a request: it is rendered and compared with what the watches know.
 * Changed ones are the dispatcher's.
 */
@Injectable()
export class Sweeper implements BeforeApplicationShutdown {
  private readonly logger = new Logger(Sweeper.name);
  private timer: NodeJS.Timeout | null = null;
  private sweeping: Promise<void> = Promise.resolve();

  constructor(
    private readonly leases: Leases,
    private readonly clusters: Clusters,
    private readonly queue: JobQueue,
    private readonly dueDeletions: DueDeletions,
    private readonly resyncMs: number,
  ) {}

  start(): void {
    this.timer = setTimeout(() => {
      this.sweeping = this.sweepAndLog().finally(() => {
        if (this.timer !== null) this.start();
      });
    }, PERIOD_MS);
  }

  async beforeApplicationShutdown(): Promise<void> {
    if (this.timer !== null) clearTimeout(this.timer);
    this.timer = null;
    await this.sweeping;
  }

  /** Looks at all tenants that are due. Several workers may look at the same time. */
  private async sweep(): Promise<void> {
    await this.dueDeletions.begin();
    let due: LeasedTenant[];
    do {
      due = await this.leases.due(BATCH);
      const settled: LeasedTenant[] = [];
      for (const tenant of due) if (await this.isAsWanted(tenant)) settled.push(tenant);
      if (settled.length > 0) await this.leases.postpone(settled, this.resyncMs);
      const others = due.filter((tenant) => !settled.includes(tenant)).map(({ id }) => id);
      const woken = others.length === 0 ? [] : await this.leases.claimWaking(others, GRACE_MS);
      await Promise.all(woken.map((tenantId) => this.queue.add('reconcile-tenant', { tenantId }, { isIdle: true })));
    } while (due.length === BATCH && this.timer !== null);
  }

  /** Whether a look in memory is enough to know that the cluster still is as this tenant wants it. */
  private async isAsWanted(tenant: LeasedTenant): Promise<boolean> {
    if (
      tenant.failureCount > 0 ||
      hasOpenDrift(tenant) ||
      hasUnseenLinks(tenant) ||
      tenant.deletionRequested ||
      tenant.phase === 'failed' ||
      !this.clusters.cache.complete
    ) {
      return false;
    }
    const cluster = await this.clusters.ready(tenant.clusterId);
    if (!isShown(tenant.conditions, standingVerdicts(cluster, tenant))) return false;
    const rendered = renderTenant({ ...tenant, cluster });
    // Workloads are not watched.
    if (tenant.restriction.suspended || rendered.some(({ kind }) => isWorkloadKind(kind))) return false;
    const { suspects, unexpected, forget } = difference(
      rendered,
      tenant.inventory,
      within(
        tenant.environments.map(({ namespace }) => namespace),
        this.clusters.cache.ofGroup(tenant.id),
      ),
    );
    return suspects.length === 0 && unexpected.length === 0 && forget.length === 0;
  }

  private async sweepAndLog(): Promise<void> {
    try {
      await this.sweep();
    } catch (error) {
      this.logger.warn({ err: error }, 'a sweep failed; the next one follows');
    }
  }
}
