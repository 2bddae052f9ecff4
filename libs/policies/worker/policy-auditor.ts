import { Loop } from '#background';
import { Clusters } from '#clusters';
import { KubeUnreachable } from '#kube';
import { jsonOf, uuidOf } from '#persistence';
import { type PolicyFindings } from '#tenancy';
import { Injectable, Logger } from '@nestjs/common';
import { DataSource } from 'typeorm';

import { PolicyJudge } from '../rule/policy-judge.js';
import { type PolicySpec } from '../rule/policy-spec.js';
import { auditPolicy, together } from './audit-policy.js';
import { forgetViolations } from './forget-violations.js';

/** How often the database is asked for policies whose audit is due. */
const PERIOD_MS = 2_000;
/** Maximum age of an audit. Only audits find violations older than the policy, and those that its mode allows. */
const MAX_AGE = '5 minutes';

interface DuePolicy {
  id: string;
  spec: PolicySpec;
  /** The time of the database. */
  asOf: Date;
}

/**
 * Finds existing objects that violate policies in CEL; Gatekeeper audits those in Rego. Any worker can take any policy,
 * one at a time.
 */
@Injectable()
export class PolicyAuditor {
  private readonly logger = new Logger(PolicyAuditor.name);
  readonly loop = new Loop({
    name: 'policy-auditor',
    periodMs: PERIOD_MS,
    run: (stopping) => this.auditDue(stopping),
    failed: 'failed to audit policies; they are audited again',
  });

  constructor(
    private readonly dataSource: DataSource,
    private readonly clusters: Clusters,
    private readonly judge: PolicyJudge,
  ) {}

  /**
   * Audits the tenants of all clusters by a version of a policy.
   * @param asOf the time of the database
   * @throws as `auditPolicy`
   */
  async look(spec: PolicySpec, tenantIds: readonly string[] | null, asOf: Date): Promise<PolicyFindings> {
    const audits: PolicyFindings[] = [];
    for (const { kube } of await this.clusters.all()) {
      audits.push(await auditPolicy(kube, this.judge, spec, tenantIds, asOf));
    }
    return together(audits, asOf);
  }

  private async auditDue(stopping: AbortSignal): Promise<void> {
    while (!stopping.aborted) {
      const policy = await this.take();
      if (policy === null) return;
      for (const clusterId of this.clusters.ids) await this.auditOn(clusterId, policy);
    }
  }

  /** Audits a policy on one cluster. What an earlier audit found there is kept when this one fails. */
  private async auditOn(clusterId: string, { id, spec, asOf }: DuePolicy): Promise<void> {
    try {
      const { kube } = await this.clusters.session(clusterId);
      await this.store(id, clusterId, await auditPolicy(kube, this.judge, spec, null, asOf));
    } catch (error) {
      const cause = error instanceof KubeUnreachable ? { reason: error.message } : { err: error };
      this.logger.warn({ policyId: id, clusterId, ...cause }, 'failed to audit a policy; it is audited again');
    }
  }

  /** Takes a policy in force whose current version was never audited, or not recently; null if there is none. */
  private async take(): Promise<DuePolicy | null> {
    const [rows] = await this.dataSource.query<[DuePolicy[], number]>(
      `UPDATE policies p SET audited_at = now(), audited_version = p.version FROM policy_versions v
       WHERE v.policy_id = p.id AND v.version = p.version AND NOT (v.spec -> 'rule') ? 'rego' AND p.id = (
         SELECT id FROM policies d JOIN policy_versions w ON w.policy_id = d.id AND w.version = d.version
         WHERE d.state = 'in-force' AND d.observed_version = d.version AND NOT (w.spec -> 'rule') ? 'rego'
           AND (d.audited_at IS NULL OR d.audited_version <> d.version OR d.audited_at < now() - interval '${MAX_AGE}')
         ORDER BY d.audited_at NULLS FIRST LIMIT 1 FOR UPDATE OF d SKIP LOCKED)
       RETURNING p.id, v.spec, now() AS "asOf"`,
    );
    return rows[0] ?? null;
  }

  private async store(policyId: string, clusterId: string, { violations }: PolicyFindings): Promise<void> {
    const found = violations.map(({ tenantId, ...more }) => ({ ...more, tenant: uuidOf('tenant', tenantId) }));
    await this.dataSource.transaction(async (manager) => {
      await forgetViolations(manager, policyId, clusterId);
      await manager.query(
        `INSERT INTO policy_violations (policy_id, tenant_id, object, message, found_at)
         SELECT DISTINCT p.id, t.id, v.object, v.message, now()
         FROM jsonb_to_recordset($2::jsonb) AS v(tenant uuid, object text, message text)
         JOIN tenants t ON t.id = v.tenant AND t.cluster_id = $3 JOIN policies p ON p.id = $1
         ON CONFLICT DO NOTHING`,
        [policyId, jsonOf(found), uuidOf('cluster', clusterId)],
      );
    });
  }
}
