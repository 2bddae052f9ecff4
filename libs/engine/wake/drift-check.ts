import { Batcher } from '#background';
import { Clusters } from '#clusters';
import { Injectable, Logger } from '@nestjs/common';

import { HealPace } from '../drift/heal-pace.js';
import { type AppliedTenant, Leases } from '../lease/lease.js';
import { isAsApplied } from '../observe/difference.js';
import { Reconciler, type Remembered } from '../reconcile/reconciler.js';

/** When to look again at a tenant over which another process makes a pass, or of which the watches lag behind. */
const LATER_MS = 300;

/** Result of a look at a tenant in which something happened. */
export interface DriftLook {
  /** True if the objects are not as the last pass left them. */
  hasDrifted: boolean;
  /** When to look again, in ms; null: not before something happens. */
  nextIn: number | null;
}

const nothingHappened: DriftLook = { hasDrifted: false, nextIn: null };

/**
 * Finds out whether it was Bulkhead itself that changed a tenant's objects: compares what the watches know with the
 * inventory, without a request to the cluster.
 */
@Injectable()
export class DriftCheck {
  private readonly logger = new Logger(DriftCheck.name);
  private readonly pace = new HealPace();
  /** Inventories that are asked for at the same time are read together. */
  private readonly inventories = new Batcher<string, AppliedTenant | null>(async (ids) => {
    const tenants = await this.leases.applied(ids);
    const emptied = ids.filter((id) => this.isEmpty(id));
    if (emptied.length > 0) await this.leases.hastenDeletions(emptied);
    return ids.map((id) => tenants.find((tenant) => tenant.id === id) ?? null);
  });

  constructor(
    private readonly leases: Leases,
    private readonly reconciler: Reconciler,
    private readonly clusters: Clusters,
  ) {}

  /** Looks at a tenant over which this process makes no pass. A tenant that is undone again and again waits longer. */
  async look(tenantId: string): Promise<DriftLook> {
    if (this.isAsSettled(tenantId)) return nothingHappened;
    // Looked at again as soon as they tell.
    if (this.reconciler.isAheadOfWatches(tenantId)) return { hasDrifted: false, nextIn: LATER_MS };
    const tenant = await this.inventories.ask(tenantId);
    if (tenant === null) return nothingHappened;
    if (tenant.leased) return { hasDrifted: false, nextIn: LATER_MS };
    if (this.isAsApplied(tenantId, tenant)) return nothingHappened;
    return this.inTime(tenantId);
  }

  /** Whether all is as the last pass of this process left it: then it was that pass that was noticed. */
  private isAsSettled(tenantId: string): boolean {
    const last = this.reconciler.lastPass(tenantId);
    return last !== undefined && this.isAsApplied(tenantId, last);
  }

  /** Whether the watches know of no object of the tenant any more, nor of a namespace. */
  private isEmpty(tenantId: string): boolean {
    return this.clusters.ids.every((id) => (this.clusters.find(id)?.cache.ofGroup(tenantId).size ?? 0) === 0);
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

  private inTime(tenantId: string): DriftLook {
    const now = performance.now();
    const pauseMs = this.pace.pauseBefore(tenantId, now);
    if (pauseMs > 0) return { hasDrifted: false, nextIn: pauseMs };
    const nextInMs = this.pace.note(tenantId, now);
    if (nextInMs > 0) {
      this.logger.warn({ tenantId, nextInMs }, 'somebody undoes what is put right; the next pass waits');
    }
    return { hasDrifted: true, nextIn: null };
  }
}
