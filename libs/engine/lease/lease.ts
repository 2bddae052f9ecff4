import { Batcher } from '#background';
import { idOf, Statements, uuidOf } from '#persistence';
import { type DesiredRow, fromDesiredRow, wakeTenants } from '#tenancy';
import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';

import {
  ACQUIRE,
  ACQUIRE_CHANGED,
  ACQUIRE_CHANGED_ELSEWHERE,
  ACQUIRE_UNLOCKED,
  INVENTORY,
  SNAPSHOT,
} from './acquire-statement.js';
import { type InventoryEntry, type LeasedTenant } from './leased-tenant.js';
import { WorkloadMemory } from './workload-memory.js';

/** A tenant that is due for a comparison. */
export interface DueTenant extends LeasedTenant {
  /** Since when it is due, in the database's notation. */
  dueAt: string;
}

/** Sorts before all ids. */
const NO_ID = '00000000-0000-0000-0000-000000000000';

/**
 * The tenants `$1` of which no other transaction holds the row: statements over many tenants neither wait for changes of
 * them, nor deadlock. A tenant that is left out is due still.
 */
const UNLOCKED = '(SELECT id FROM tenants WHERE id = ANY($1::uuid[]) FOR NO KEY UPDATE SKIP LOCKED)';

/** The inventory of a tenant without a pending change. */
export interface AppliedTenant {
  id: string;
  clusterId: string;
  /** True if a worker is making a pass over it. */
  leased: boolean;
  inventory: InventoryEntry[];
}

type AcquiredRow = DesiredRow<LeasedTenant> & { fresh: boolean | null };

interface AskedLease {
  /** The tenant's id as a uuid; null if the text is no id, which matches no row. */
  id: string | null;
  owner: string;
  /** Duration as an interval. */
  lasting: string;
}

/** One tenant, one pass: a row lease with a fencing epoch, kept in the tenant's own row. */
@Injectable()
export class Leases {
  /** Suspended workloads, as holders of leases remember them. */
  readonly workloads: WorkloadMemory;
  private readonly batcher = new Batcher<AskedLease, AcquiredRow | null | 'locked'>(async (asked) => {
    const chosen = new Map(asked.map((lease) => [lease.id, lease]));
    const taken = await this.take(ACQUIRE_UNLOCKED, [...chosen.values()]);
    return asked.map((lease) => {
      // If two requests are for one tenant, one gets it.
      if (chosen.get(lease.id) !== lease) return null;
      return taken.get(lease.id) ?? (taken.has(lease.id) ? null : 'locked');
    });
  });

  constructor(
    private readonly dataSource: DataSource,
    private readonly statements: Statements,
  ) {
    this.workloads = new WorkloadMemory(dataSource);
  }

  /**
   * Takes a tenant's lease; returns null if another pass holds it, or the tenant is deleted. Leases that are requested
   * while others are being taken are taken together.
   * @param alone takes it at once, in a statement of its own
   */
  async acquire(
    tenantId: string,
    owner: string,
    leaseMs: number,
    { alone = false } = {},
  ): Promise<LeasedTenant | null> {
    const asked = { id: uuidOf('tenant', tenantId), owner, lasting: `${leaseMs} milliseconds` };
    const together = alone ? 'locked' : await this.batcher.ask(asked);
    // The tenant is being changed: only this request waits for it.
    const row = together === 'locked' ? (await this.take(ACQUIRE, [asked])).get(asked.id) : together;
    return row === undefined || row === null ? null : this.asRead(row);
  }

  /**
   * Takes the leases of up to `limit` changed tenants without a pass under way, the longest waiting first.
   * @param except ids of clusters whose tenants are skipped
   */
  async acquireChanged(
    owner: string,
    leaseMs: number,
    limit: number,
    except: readonly string[] = [],
  ): Promise<LeasedTenant[]> {
    const { name, text } = except.length === 0 ? ACQUIRE_CHANGED : ACQUIRE_CHANGED_ELSEWHERE;
    const left = except.length === 0 ? [] : [except.map((id) => uuidOf('cluster', id))];
    const parameters = [limit, owner, `${leaseMs} milliseconds`, ...left];
    const rows = await this.statements.run<{ id: null } | AcquiredRow>(name, text, parameters);
    const tenants = await Promise.all(rows.map(async (row) => (row.id === null ? null : this.asRead(row))));
    return tenants.filter((tenant) => tenant !== null);
  }

  /** The tenant of a lease that was taken; null if the lease is lost again. */
  private async asRead({ fresh, ...tenant }: AcquiredRow): Promise<LeasedTenant | null> {
    if (fresh === true) return fromDesiredRow<LeasedTenant>(tenant);
    const again = await this.look(this.dataSource.manager, idOf('tenant', tenant.id));
    return again?.epoch === tenant.epoch ? again : null;
  }

  /**
   * Takes leases. The result has an entry for each tenant, null if its lease is held; tenants with locked rows are
   * absent.
   */
  private async take(
    { name, text }: typeof ACQUIRE,
    asked: readonly AskedLease[],
  ): Promise<Map<string | null, AcquiredRow | null>> {
    const rows = await this.statements.run<{ asked: string } & ({ id: null } | AcquiredRow)>(name, text, [
      asked.map(({ id }) => id),
      asked.map(({ owner }) => owner),
      asked.map(({ lasting }) => lasting),
    ]);
    return new Map(rows.map(({ asked: id, ...row }) => [id, row.id === null ? null : row]));
  }

  /** Reads a tenant as `acquire` returns it, without taking its lease; null if it is deleted. */
  async look(manager: EntityManager, tenantId: string): Promise<LeasedTenant | null> {
    const [row] = await manager.query<DesiredRow<LeasedTenant>[]>(
      `SELECT ${SNAPSHOT}
       FROM tenants t JOIN plan_versions v ON v.plan_id = t.plan_id AND v.version = t.plan_version
       WHERE t.id = $1 AND t.deleted_at IS NULL`,
      [uuidOf('tenant', tenantId)],
    );
    return row === undefined ? null : fromDesiredRow<LeasedTenant>(row);
  }

  /** Renews the lease; returns the tenant's current generation, or null if the lease was lost to another holder. */
  async renew(tenantId: string, epoch: string, leaseMs: number): Promise<number | null> {
    const [rows] = await this.dataSource.query<[{ generation: number }[], number]>(
      `UPDATE tenants SET lease_until = now() + $3::interval, next_reconcile_at = now() + $3::interval
       WHERE id = $1 AND lease_epoch = $2 AND lease_until IS NOT NULL RETURNING generation`,
      [uuidOf('tenant', tenantId), epoch, `${leaseMs} milliseconds`],
    );
    return rows[0]?.generation ?? null;
  }

  /**
   * Returns tenants that are due, without a pending change or a pass under way, the longest waiting first. Takes no
   * lease.
   * @param after the last tenant of the previous page
   */
  async due(limit: number, after?: DueTenant): Promise<DueTenant[]> {
    const rows = await this.statements.run<DesiredRow<DueTenant>>(
      'due-tenants',
      `SELECT ${SNAPSHOT}, t.next_reconcile_at::text AS "dueAt"
       FROM tenants t JOIN plan_versions v ON v.plan_id = t.plan_id AND v.version = t.plan_version
       WHERE t.deleted_at IS NULL AND t.observed_generation = t.generation
         AND t.next_reconcile_at <= now() AND (t.lease_until IS NULL OR t.lease_until <= now())
         AND (t.next_reconcile_at, t.id) > ($2::timestamptz, $3::uuid)
       ORDER BY t.next_reconcile_at, t.id LIMIT $1`,
      [limit, after?.dueAt ?? '-infinity', after === undefined ? NO_ID : uuidOf('tenant', after.id)],
    );
    return rows.map((row) => fromDesiredRow<DueTenant>(row));
  }

  /**
   * Postpones the next comparison of tenants that match, unless something has happened to them since.
   * @param afterMs pause, ± 20 %, so that tenants do not come back together
   */
  async postpone(tenants: readonly LeasedTenant[], afterMs: number): Promise<void> {
    await this.dataSource.query(
      `UPDATE tenants t SET observed_at = now(), next_reconcile_at = now() + (0.8 + 0.4 * random()) * $4::interval
       FROM unnest($1::uuid[], $2::bigint[], $3::integer[]) AS seen(id, epoch, wakes)
       WHERE t.id = seen.id AND t.lease_epoch = seen.epoch AND t.wakes = seen.wakes
         AND t.observed_generation = t.generation`,
      [
        tenants.map(({ id }) => uuidOf('tenant', id)),
        tenants.map(({ epoch }) => epoch),
        tenants.map(({ wakes }) => wakes),
        `${afterMs} milliseconds`,
      ],
    );
  }

  /**
   * Claims the waking of due tenants, so that only one of several sweepers wakes each.
   * @returns the tenants that no other sweeper has claimed
   */
  async claimWaking(tenantIds: readonly string[], graceMs: number): Promise<string[]> {
    const [rows] = await this.dataSource.query<[{ id: string }[], number]>(
      `UPDATE tenants t SET next_reconcile_at = now() + $2::interval FROM ${UNLOCKED} free
       WHERE t.id = free.id AND t.next_reconcile_at <= now() RETURNING t.id`,
      [tenantIds.map((id) => uuidOf('tenant', id)), `${graceMs} milliseconds`],
    );
    return rows.map(({ id }) => idOf('tenant', id));
  }

  /**
   * Returns the inventories of those tenants that have no pending change.
   */
  async applied(tenantIds: readonly string[]): Promise<AppliedTenant[]> {
    const rows = await this.statements.run<AppliedTenant>(
      'applied-tenants',
      `SELECT t.id, t.cluster_id AS "clusterId", coalesce(t.lease_until > now(), false) AS leased, ${INVENTORY} AS inventory
       FROM tenants t
       WHERE t.id = ANY($1::uuid[]) AND t.deleted_at IS NULL AND t.observed_generation = t.generation`,
      [tenantIds.map((id) => uuidOf('tenant', id))],
    );
    return rows.map((row) => ({
      ...row,
      id: idOf('tenant', row.id),
      clusterId: idOf('cluster', row.clusterId),
    }));
  }

  /** Releases the leases of passes that do not get to their end; other workers continue at once. */
  async release(held: readonly Pick<LeasedTenant, 'id' | 'epoch'>[]): Promise<void> {
    await this.dataSource.query(
      `UPDATE tenants t SET lease_owner = NULL, lease_until = NULL, next_reconcile_at = now()
       FROM unnest($1::uuid[], $2::bigint[]) AS held(id, epoch)
       WHERE t.id = held.id AND t.lease_epoch = held.epoch`,
      [held.map(({ id }) => uuidOf('tenant', id)), held.map(({ epoch }) => epoch)],
    );
  }

  /** Makes those of the tenants due that are being deleted and wait: what they wait for may be over. */
  async hastenDeletions(tenantIds: readonly string[]): Promise<void> {
    await this.dataSource.query(
      `UPDATE tenants SET next_reconcile_at = now()
       WHERE id = ANY($1::uuid[]) AND deletion_requested_at IS NOT NULL AND deleted_at IS NULL
         AND lease_until IS NULL AND next_reconcile_at > now()`,
      [tenantIds.map((id) => uuidOf('tenant', id))],
    );
  }

  /** Requests another pass over a tenant, also while one is under way. */
  async wake(tenantId: string): Promise<void> {
    await wakeTenants(this.dataSource.manager, [tenantId]);
  }
}
