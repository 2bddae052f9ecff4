import { type IsolationReport } from '#certificates';
import { idOf, jsonOf, newId, storableText, uuidOf } from '#persistence';
import { type IsolationFindings, storeIsolationFindings } from '#tenancy';
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';

/** A run without an end after this time was lost with its worker. */
const LOST = '5 minutes';
/** Scheduled runs per look, so that tenants of the same age do not all start at once. */
const BATCH = 20;
/** Reports kept per tenant. */
const KEPT = 100;

/** A run that this worker has claimed. */
export interface ClaimedRun {
  id: string;
  tenantId: string;
  /** In ms since it was requested. */
  ageMs: number;
}

/** Stores the runs of isolation checks. */
@Injectable()
export class Runs {
  constructor(private readonly dataSource: DataSource) {}

  /** Claims the longest waiting run, or the one with this id; null if there is none, or another worker has it. */
  async claim(id: string | null): Promise<ClaimedRun | null> {
    const [rows] = await this.dataSource.query<[{ id: string; tenantId: string; ageMs: number }[], number]>(
      `UPDATE isolation_checks SET state = 'running', started_at = now() WHERE id = (
         SELECT id FROM isolation_checks
         WHERE finished_at IS NULL AND ($1::uuid IS NULL OR id = $1)
           AND (state = 'pending' AND coalesce(started_at < now() - interval '1 second', true)
             OR started_at < now() - interval '${LOST}')
         ORDER BY created_at LIMIT 1 FOR UPDATE SKIP LOCKED)
       RETURNING id, tenant_id AS "tenantId",
         (extract(epoch FROM now() - created_at) * 1000)::float8 AS "ageMs"`,
      [id === null ? null : uuidOf('check', id)],
    );
    const [row] = rows;
    return row === undefined ? null : { ...row, id: idOf('check', row.id), tenantId: idOf('tenant', row.tenantId) };
  }

  /**
   * Releases a run, to be claimed again.
   * @param when `later`: not at once, because the tenant has to settle first
   */
  async putBack(id: string, when: 'later' | 'now'): Promise<void> {
    await this.dataSource.query(
      `UPDATE isolation_checks SET state = 'pending', started_at = CASE WHEN $2 THEN started_at END
       WHERE id = $1 AND finished_at IS NULL`,
      [uuidOf('check', id), when === 'later'],
    );
  }

  /**
   * Stores a report, and the failed checks on the tenant, so that its next pass reports them. Stores nothing if the tenant
   * was changed since.
   * @returns false when the tenant is no longer at the generation of the report.
   */
  async finish(
    report: IsolationReport,
    findings: IsolationFindings | null,
    signature: { keyId: string; jws: string } | null,
  ): Promise<boolean> {
    return this.dataSource.transaction(async (manager) => {
      if (!(await storeIsolationFindings(manager, report.tenant, findings))) return false;
      await manager.query(
        `UPDATE isolation_checks SET state = 'succeeded', report = $2::jsonb, key_id = $3, jws = $4, error = NULL,
           finished_at = now() WHERE id = $1`,
        [uuidOf('check', report.id), jsonOf(report), signature?.keyId ?? null, signature?.jws ?? null],
      );
      await manager.query(
        `DELETE FROM isolation_checks WHERE tenant_id = $1 AND finished_at IS NOT NULL AND id NOT IN (
           SELECT id FROM isolation_checks WHERE tenant_id = $1 AND finished_at IS NOT NULL
           ORDER BY created_at DESC LIMIT ${KEPT})`,
        [uuidOf('tenant', report.tenant.id)],
      );
      return true;
    });
  }

  async fail(id: string, error: string): Promise<void> {
    await this.dataSource.query(
      `UPDATE isolation_checks SET state = 'failed', error = $2, finished_at = now()
       WHERE id = $1 AND finished_at IS NULL`,
      [uuidOf('check', id), storableText(error)],
    );
  }

  /**
   * Starts runs of tenants whose plan schedules them and whose last one is old enough, and of tenants whose last run
   * failed: the cause may be fixed.
   */
  async schedule(): Promise<void> {
    const due = await this.dataSource.query<{ id: string }[]>(
      `SELECT t.id FROM tenants t
       JOIN plan_versions v ON v.plan_id = t.plan_id AND v.version = t.plan_version
       CROSS JOIN LATERAL (SELECT CASE WHEN t.isolation_findings IS NOT NULL THEN interval '1 hour' ELSE
         make_interval(hours => (v.spec -> 'isolationChecks' ->> 'everyHours')::int) END AS every) p
       WHERE t.phase = 'active' AND p.every IS NOT NULL AND t.created_at < now() - p.every
         AND NOT EXISTS (SELECT 1 FROM isolation_checks c
           WHERE c.tenant_id = t.id AND c.created_at > now() - p.every)
       LIMIT ${BATCH}`,
    );
    for (const { id } of due) {
      // Two workers can do this at the same time, and one run is enough.
      await this.dataSource.query(
        `INSERT INTO isolation_checks (id, tenant_id, state, trigger, requested_by)
         SELECT $1, $2, 'pending', 'schedule', 'bulkhead' FROM tenants
         WHERE id = $2 AND NOT EXISTS (
           SELECT 1 FROM isolation_checks c WHERE c.tenant_id = $2 AND c.finished_at IS NULL)
         FOR UPDATE SKIP LOCKED`,
        [uuidOf('check', newId('check')), id],
      );
    }
  }
}
