import { idOf, Statements, uuidOf } from '#persistence';
import {
  type Condition,
  fromWantedRow,
  type IsolationFindings,
  type OperationStep,
  TENANT_AS_WANTED,
  type TenantAsWanted,
  type TenantPhase,
} from '#tenancy';
import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';

import { type RememberedWorkload, REMEMBERED_WORKLOADS } from '../holds/held-tenant.js';
import { WorkloadMemory } from '../holds/workload-memory.js';

/** An object of the inventory: what an earlier pass applied. */
export interface InventoryEntry {
  apiVersion: string;
  kind: string;
  namespace: string;
  name: string;
  uid: string;
  renderedHash: string;
  /** As `fingerprintOf` says of the object when it was as rendered; null when that was never seen. */
  fingerprint: string | null;
}

/** A tenant as the holder of its lease read it: everything that one pass needs, in one snapshot. */
export interface LeasedTenant extends TenantAsWanted {
  epoch: string;
  phase: TenantPhase;
  observedGeneration: number;
  failureCount: number;
  conditions: Condition[];
  deletionRequested: boolean;
  /** The deletion is scheduled and has not begun: the tenant is to be out of service, its data kept. */
  deletionScheduled: boolean;
  /** What the last isolation check found wrong; null: nothing, or there was none. */
  isolationFindings: IsolationFindings | null;
  inventory: InventoryEntry[];
  /** Workloads that a suspension took down. */
  suspendedWorkloads: RememberedWorkload[];
  /** Steps of the open operation, from passes before this one. */
  steps: OperationStep[];
}

/** What was applied for a tenant that nobody has asked to change. */
export interface AppliedTenant {
  id: string;
  /** Whether a pass is under way somewhere. */
  leased: boolean;
  inventory: InventoryEntry[];
}

const INVENTORY = `
    (SELECT coalesce(jsonb_agg(jsonb_build_object('apiVersion', o.api_version, 'kind', o.kind, 'namespace', o.namespace,
        'name', o.name, 'uid', o.uid, 'renderedHash', o.rendered_hash, 'fingerprint', o.fingerprint)), '[]')
      FROM tenant_objects o WHERE o.tenant_id = t.id)`;

/** The columns of a `LeasedTenant`, of a tenant `t` and the version `v` of its plan. */
const SNAPSHOT = `${TENANT_AS_WANTED},
    t.lease_epoch AS epoch, t.phase, t.observed_generation AS "observedGeneration",
    t.failure_count AS "failureCount", t.conditions, t.deletion_requested_at IS NOT NULL AS "deletionRequested",
    t.deletion_requested_at IS NULL AND t.deletion_scheduled_at IS NOT NULL AS "deletionScheduled",
    t.isolation_findings AS "isolationFindings", ${INVENTORY} AS inventory, ${REMEMBERED_WORKLOADS} AS "suspendedWorkloads",
    coalesce((SELECT o.steps FROM operations o WHERE o.tenant_id = t.id AND o.finished_at IS NULL), '[]') AS steps`;

/**
 * Takes the lease, says what is going on (phase, operation) and reads the snapshot, in one round trip.
 * The new epoch fences off an earlier holder that only seems dead: its writes no longer match.
 * A lease that a crash of the database takes with it costs a pass, so nobody waits for the disk; because an epoch could
 * then be given out twice, it is never lower than the time in microseconds.
 * `next_reconcile_at` follows the lease, so that the sweeper takes over from a holder that dies.
 *
 * A statement that waited for a change of the row sees the new row, and all other tables as they were before that
 * change (Postgres, Read Committed): a hold of this very generation would be missing. `fresh` says that the row was the
 * same at the start, and nobody's.
 */
const ACQUIRE = `
  WITH leased AS (
    UPDATE tenants SET
      lease_owner = $2,
      lease_until = now() + $3::interval,
      next_reconcile_at = now() + $3::interval,
      lease_epoch = greatest(lease_epoch + 1, (extract(epoch FROM clock_timestamp()) * 1e6)::bigint),
      phase = CASE
        WHEN deletion_requested_at IS NOT NULL THEN 'deleting'
        WHEN observed_generation = generation THEN phase
        WHEN observed_generation = 0 THEN 'provisioning'
        ELSE 'updating' END,
      revision = revision + CASE WHEN observed_generation = generation THEN 0 ELSE 1 END
    FROM (SELECT set_config('synchronous_commit', 'off', true)) AS without_waiting_for_the_disk
    WHERE id = $1 AND deleted_at IS NULL AND cancelled_generation IS DISTINCT FROM generation
      AND (lease_until IS NULL OR lease_until <= now())
    RETURNING tenants.*
  ), running AS (
    UPDATE operations SET state = 'running'
    WHERE tenant_id IN (SELECT id FROM leased) AND state = 'pending'
  )
  SELECT ${SNAPSHOT},
    (SELECT s.lease_owner IS NULL AND s.generation = t.generation FROM tenants s WHERE s.id = t.id) AS fresh
  FROM leased t LEFT JOIN plan_versions v ON v.plan_id = t.plan_id AND v.version = t.plan_version`;

/** One tenant, one pass: a row lease with a fencing epoch, kept in the tenant's own row. */
@Injectable()
export class Leases {
  /** What holders of leases remember of workloads. */
  readonly workloads: WorkloadMemory;

  constructor(
    private readonly dataSource: DataSource,
    private readonly statements: Statements,
  ) {
    this.workloads = new WorkloadMemory(dataSource);
  }

  /** The leased tenant; null when another pass holds it, or it is deleted. */
  async acquire(tenantId: string, owner: string, leaseMs: number): Promise<LeasedTenant | null> {
    const rows = await this.statements.run<LeasedTenant & { fresh: boolean | null }>('acquire-lease', ACQUIRE, [
      uuidOf('tenant', tenantId),
      owner,
      `${leaseMs} milliseconds`,
    ]);
    const [row] = rows;
    if (row === undefined) return null;
    const { fresh, ...tenant } = row;
    if (fresh === true) return fromWantedRow(tenant);
    const again = await this.look(this.dataSource.manager, tenantId);
    return again?.epoch === tenant.epoch ? again : null;
  }

  /** A tenant as `acquire` gives it, for looking only: no lease is taken. Null when it is deleted. */
  async look(manager: EntityManager, tenantId: string): Promise<LeasedTenant | null> {
    const [row] = await manager.query<LeasedTenant[]>(
      `SELECT ${SNAPSHOT}
       FROM tenants t JOIN plan_versions v ON v.plan_id = t.plan_id AND v.version = t.plan_version
       WHERE t.id = $1 AND t.deleted_at IS NULL`,
      [uuidOf('tenant', tenantId)],
    );
    return row === undefined ? null : fromWantedRow(row);
  }

  /** Prolongs the lease; false when it was lost to another holder. */
  async renew(tenantId: string, epoch: string, leaseMs: number): Promise<boolean> {
    const [, affected] = await this.dataSource.query<[unknown, number]>(
      `UPDATE tenants SET lease_until = now() + $3::interval, next_reconcile_at = now() + $3::interval
       WHERE id = $1 AND lease_epoch = $2 AND lease_until IS NOT NULL`,
      [uuidOf('tenant', tenantId), epoch, `${leaseMs} milliseconds`],
    );
    return affected === 1;
  }

  /** Tenants that nobody works on and whose time has come, longest waiting first. Takes no lease. */
  async due(limit: number): Promise<LeasedTenant[]> {
    const rows = await this.statements.run<LeasedTenant>(
      'due-tenants',
      `SELECT ${SNAPSHOT}
       FROM tenants t JOIN plan_versions v ON v.plan_id = t.plan_id AND v.version = t.plan_version
       WHERE t.deleted_at IS NULL AND t.cancelled_generation IS DISTINCT FROM t.generation
         AND t.next_reconcile_at <= now() AND (t.lease_until IS NULL OR t.lease_until <= now())
       ORDER BY t.next_reconcile_at LIMIT $1`,
      [limit],
    );
    return rows.map(fromWantedRow);
  }

  /**
   * Puts off the next look at tenants that were found to be as wanted, unless something has happened to them since.
   * @param afterMs give or take a fifth, so that tenants do not come back together.
   */
  async postpone(tenants: readonly LeasedTenant[], afterMs: number): Promise<void> {
    await this.dataSource.query(
      `UPDATE tenants t SET observed_at = now(), next_reconcile_at = now() + (0.8 + 0.4 * random()) * $3::interval
       FROM unnest($1::uuid[], $2::bigint[]) AS seen(id, epoch)
       WHERE t.id = seen.id AND t.lease_epoch = seen.epoch AND t.observed_generation = t.generation`,
      [tenants.map(({ id }) => uuidOf('tenant', id)), tenants.map(({ epoch }) => epoch), `${afterMs} milliseconds`],
    );
  }

  /**
   * Claims the waking of tenants that are due, so that of several sweepers one wakes each.
   * @returns those that nobody else has claimed.
   */
  async claimWaking(tenantIds: readonly string[], graceMs: number): Promise<string[]> {
    const [rows] = await this.dataSource.query<[{ id: string }[], number]>(
      `UPDATE tenants SET next_reconcile_at = now() + $2::interval
       WHERE id = ANY($1::uuid[]) AND next_reconcile_at <= now() RETURNING id`,
      [tenantIds.map((id) => uuidOf('tenant', id)), `${graceMs} milliseconds`],
    );
    return rows.map(({ id }) => idOf('tenant', id));
  }

  /**
   * What was applied for tenants that are as wanted as far as anybody knows: nobody has asked for a change.
   * `leased` tenants are worked on at this moment.
   */
  async applied(tenantIds: readonly string[]): Promise<AppliedTenant[]> {
    const rows = await this.statements.run<AppliedTenant>(
      'applied-tenants',
      `SELECT t.id, coalesce(t.lease_until > now(), false) AS leased, ${INVENTORY} AS inventory
       FROM tenants t
       WHERE t.id = ANY($1::uuid[]) AND t.deleted_at IS NULL AND t.observed_generation = t.generation`,
      [tenantIds.map((id) => uuidOf('tenant', id))],
    );
    return rows.map((row) => ({ ...row, id: idOf('tenant', row.id) }));
  }

  /** Gives back the lease of a pass that did not get to its end; somebody else goes on at once. */
  async release(tenantId: string, epoch: string): Promise<void> {
    await this.dataSource.query(
      `UPDATE tenants SET lease_owner = NULL, lease_until = NULL, next_reconcile_at = now()
       WHERE id = $1 AND lease_epoch = $2`,
      [uuidOf('tenant', tenantId), epoch],
    );
  }

  /**
   * Asks for a pass after this one lost its lease: requests that were on their way when the process was
   * stopped may have reached the cluster after those of the new holder.
   */
  async askForAnotherPass(tenantId: string): Promise<void> {
    await this.dataSource.query('UPDATE tenants SET next_reconcile_at = now() WHERE id = $1', [
      uuidOf('tenant', tenantId),
    ]);
  }
}
