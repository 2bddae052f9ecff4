import { Loop } from '#background';
import { Clusters, type ClusterSession, type UnusableClusters } from '#clusters';
import { KubeUnreachable } from '#kube';
import { storableText } from '#persistence';
import { Injectable, Logger } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';

import { ClusterPolicies, type DuePolicy } from './cluster-policies.js';
import { combined, failureOf, IN_FORCE, type Outcome } from './policy-outcome.js';
import { nextExpiry } from './render-policy.js';

/** How often the database is asked for due policies: changes whose wake-up was lost, expired exceptions. */
const PERIOD_MS = 1_000;

/**
 * Enforces the policies on every cluster. One worker at a time handles all that are due: they are few, and an API server
 * picks up everything that was written for them at once.
 */
@Injectable()
export class PolicyEnforcer {
  private readonly logger = new Logger(PolicyEnforcer.name);
  readonly loop = new Loop({
    name: 'policy-enforcer',
    periodMs: PERIOD_MS,
    // Capabilities of clusters decide which policies are accepted, even before there is a tenant.
    firstInMs: 0,
    run: () => this.ensureDue(),
    failed: 'failed to enforce policies; they are retried',
  });

  constructor(
    private readonly dataSource: DataSource,
    private readonly clusters: Clusters,
  ) {}

  /** Enforces the policies that are due. Failures are logged and retried. */
  ensure(): Promise<void> {
    return this.loop.now();
  }

  private async ensureDue(): Promise<void> {
    const { ready, unusable } = await this.clusters.makeReady();
    for (const [cluster, error] of unusable) {
      if (ready.length === 0) throw error;
      if (error instanceof KubeUnreachable) continue;
      this.logger.warn({ cluster, err: error }, 'a cluster is not ready for tenants; it is retried');
    }
    if (ready.length > 0) await this.enforce(ready, unusable);
  }

  private async enforce(clusters: readonly ClusterSession[], unusable: UnusableClusters): Promise<void> {
    const [due] = await this.dataSource.query<unknown[]>('SELECT 1 FROM policies WHERE next_check_at <= now() LIMIT 1');
    if (due === undefined) return;
    await this.dataSource.transaction(async (manager) => {
      // Held until the results are stored: two workers would undo each other's work.
      await manager.query(`SELECT pg_advisory_xact_lock(hashtext('bulkhead.policies.enforce'))`);
      const policies = await manager.query<DuePolicy[]>(
        `SELECT p.id, p.slot, p.version, p.state, v.spec FROM policies p
         JOIN policy_versions v ON v.policy_id = p.id AND v.version = p.version
         WHERE p.next_check_at <= now() ORDER BY p.slot`,
      );
      if (policies.length > 0) await this.ensureAll(manager, policies, clusters, unusable);
    });
  }

  private async ensureAll(
    manager: EntityManager,
    policies: readonly DuePolicy[],
    clusters: readonly ClusterSession[],
    unusable: UnusableClusters,
  ): Promise<void> {
    const ensured = clusters.map((cluster) => new ClusterPolicies(cluster).ensure(manager, policies));
    const results = await Promise.all(ensured);
    for (const policy of policies) {
      const outcomes = new Map<string, Outcome>();
      for (const [name, error] of unusable) outcomes.set(name, failureOf(error));
      results.forEach((result, index) => {
        outcomes.set(clusters[index]?.name ?? '', result.get(policy) ?? IN_FORCE);
      });
      await this.settle(manager, policy, combined(outcomes));
    }
  }

  /** Stores the outcome of the enforced version only: a newer version, or a removal requested since, is still due. */
  private async settle(
    manager: EntityManager,
    policy: DuePolicy,
    { state, message, checkInMs }: Outcome,
  ): Promise<void> {
    if (policy.state === 'deleting' && state === 'in-force') {
      await manager.query('DELETE FROM policies WHERE id = $1', [policy.id]);
      return;
    }
    const now = new Date();
    const next = Math.min(now.getTime() + checkInMs, nextExpiry(policy.spec, now)?.getTime() ?? Infinity);
    await manager.query(
      `UPDATE policies SET
         in_force_at = CASE WHEN $3 <> 'in-force' THEN in_force_at
           WHEN observed_version = version AND state = 'in-force' THEN in_force_at ELSE now() END,
         observed_version = CASE WHEN $3 = 'in-force' THEN version ELSE observed_version END,
         state_changed_at = CASE WHEN state IN ('deleting', $3) THEN state_changed_at ELSE now() END,
         state = CASE WHEN state = 'deleting' THEN state ELSE $3 END, message = $4, next_check_at = $5, updated_at = now()
       WHERE id = $1 AND version = $2 AND (state = 'deleting') = $6`,
      [policy.id, policy.version, state, message && storableText(message), new Date(next), policy.state === 'deleting'],
    );
  }
}
