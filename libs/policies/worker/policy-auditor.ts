import { Loop } from '#background';
import { Clusters } from '#clusters';
import { KubeUnreachable } from '#kube';
import { uuidOf } from '#persistence';
import { type PolicyFindings } from '#tenancy';
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';

import { PolicyJudge } from '../policy-judge.js';
import { type PolicySpec } from '../policy-spec.js';
import { auditPolicy } from './audit-policy.js';

/** Period of the search for policies that are due for an audit. */
const PERIOD_MS = 2_000;
/** Maximum age of an audit: objects older than a policy, and those that its mode allows, are only found by an audit. */
const MAX_AGE = '5 minutes';

interface DuePolicy {
  id: string;
  spec: PolicySpec;
}

/**
 * Finds existing objects that policies in CEL forbid. Gatekeeper audits those in Rego. Any worker takes any policy,
 * one at a time.
 */
@Injectable()
export class PolicyAuditor {
  readonly loop = new Loop({
    name: 'policy-auditor',
    periodMs: PERIOD_MS,
    run: (stopping) => this.auditDue(stopping),
    failed: 'failed to audit policies; will retry',
    details: (error) => (error instanceof KubeUnreachable ? { reason: error.message } : { err: error }),
  });

  constructor(
    private readonly dataSource: DataSource,
    private readonly clusters: Clusters,
    private readonly judge: PolicyJudge,
  ) {}

  /** Judges existing objects by a policy. @throws as `auditPolicy` */
  async look(spec: PolicySpec, tenantIds: readonly string[] | null): Promise<PolicyFindings> {
    return auditPolicy(this.clusters.kube, this.judge, spec, tenantIds);
  }

  private async auditDue(stopping: AbortSignal): Promise<void> {
    while (!stopping.aborted) {
      const policy = await this.take();
      if (policy === null) return;
      await this.keep(policy.id, await this.look(policy.spec, null));
    }
  }

  /** Takes a policy in force that was not audited in this version, or not recently. */
  private async take(): Promise<DuePolicy | null> {
    const [rows] = await this.dataSource.query<[DuePolicy[], number]>(
      `UPDATE policies p SET audited_at = now(), audited_version = p.version FROM policy_versions v
       WHERE v.policy_id = p.id AND v.version = p.version AND NOT (v.spec -> 'rule') ? 'rego' AND p.id = (
         SELECT id FROM policies d JOIN policy_versions w ON w.policy_id = d.id AND w.version = d.version
         WHERE d.state = 'in-force' AND d.observed_version = d.version AND NOT (w.spec -> 'rule') ? 'rego'
           AND (d.audited_at IS NULL OR d.audited_version <> d.version OR d.audited_at < now() - interval '${MAX_AGE}')
         ORDER BY d.audited_at NULLS FIRST LIMIT 1 FOR UPDATE OF d SKIP LOCKED)
       RETURNING p.id, v.spec`,
    );
    return rows[0] ?? null;
  }

  private async keep(policyId: string, { violations }: PolicyFindings): Promise<void> {
    const found = violations.map(({ tenantId, ...more }) => ({ ...more, tenant: uuidOf('tenant', tenantId) }));
    await this.dataSource.transaction(async (manager) => {
      await manager.query('DELETE FROM policy_violations WHERE policy_id = $1', [policyId]);
      await manager.query(
        `INSERT INTO policy_violations (policy_id, tenant_id, object, message, found_at)
         SELECT DISTINCT p.id, t.id, v.object, v.message, now()
         FROM jsonb_to_recordset($2::jsonb) AS v(tenant uuid, object text, message text)
         JOIN tenants t ON t.id = v.tenant JOIN policies p ON p.id = $1
         ON CONFLICT DO NOTHING`,
        [policyId, JSON.stringify(found)],
      );
    });
  }
}
