import { randomUUID } from 'node:crypto';

import { Loop } from '#background';
import { CLUSTER_SETTINGS, Clusters, type ClusterSettings, policiesInForce } from '#clusters';
import { type KubernetesObject } from '#isolation';
import { KubeError, KubeUnreachable } from '#kube';
import { Inject, Injectable, Logger } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';

import { keepAudit } from './gatekeeper-audit.js';
import { GatekeeperRefused, makePolicy, removeParameters } from './policy-changes.js';
import { nextExpiry, renderPolicy, type WantedPolicy } from './render-policy.js';

/** Period of the search for due policies: changes whose wake-up was lost, expired exceptions. */
const PERIOD_MS = 1_000;
/** How often an unchanged policy is compared with the cluster. */
const RESYNC_MS = 60_000;
/** Pause before a cluster that does not respond is asked again. */
const RETRY_MS = 2_000;

interface DuePolicy extends WantedPolicy {
  state: string;
}
type Outcome = { state: 'in-force' | 'failed' | 'pending'; message: string | null; checkInMs: number };

/**
 * Keeps the cluster's guardrails in line with the policies. One worker at a time handles all that are due: they are
 * few, and the API server picks up the writes for all of them at once.
 */
@Injectable()
export class PolicyEnforcer {
  private readonly logger = new Logger(PolicyEnforcer.name);
  readonly loop = new Loop({
    name: 'policy-enforcer',
    periodMs: PERIOD_MS,
    // What the cluster can do decides which policies are accepted, also before there is any tenant.
    firstInMs: 0,
    run: () => this.ensureDue(),
    failed: 'failed to enforce policies; will retry',
  });

  constructor(
    private readonly dataSource: DataSource,
    private readonly clusters: Clusters,
    @Inject(CLUSTER_SETTINGS) private readonly settings: ClusterSettings,
  ) {}

  /** Enforces the policies that are due. Failures are logged, and tried again. */
  ensure(): Promise<void> {
    return this.loop.now();
  }

  private async ensureDue(): Promise<void> {
    await this.clusters.readyAll();
    const [due] = await this.dataSource.query<unknown[]>('SELECT 1 FROM policies WHERE next_check_at <= now() LIMIT 1');
    if (due === undefined) return;
    await this.dataSource.transaction(async (manager) => {
      // Held until everything is written: two workers would undo each other's work.
      await manager.query(`SELECT pg_advisory_xact_lock(hashtext('bulkhead.policies.enforce'))`);
      const policies = await manager.query<DuePolicy[]>(
        `SELECT p.id, p.slot, p.version, p.state, v.spec FROM policies p
         JOIN policy_versions v ON v.policy_id = p.id AND v.version = p.version
         WHERE p.next_check_at <= now() ORDER BY p.slot`,
      );
      if (policies.length > 0) await this.ensureAll(manager, policies);
    });
  }

  private async ensureAll(manager: EntityManager, policies: readonly DuePolicy[]): Promise<void> {
    const { kube } = this.clusters;
    const outcomes = new Map<DuePolicy, Outcome>();
    const made: { slot: number; objects: KubernetesObject[] }[] = [];
    let slow = false;
    for (const policy of policies) {
      try {
        const objects = this.objectsOf(policy);
        slow = (await this.make(manager, policy, objects)).slow || slow;
        made.push({ slot: policy.slot, objects });
        outcomes.set(policy, { state: 'in-force', message: null, checkInMs: RESYNC_MS });
      } catch (error) {
        outcomes.set(policy, this.failureOf(policy, error));
      }
    }
    if (slow) await policiesInForce(kube, randomUUID());
    for (const { slot, objects } of made) await removeParameters(kube, slot, objects);
    for (const [policy, outcome] of outcomes) await this.settle(manager, policy, outcome);
  }

  private objectsOf(policy: DuePolicy): KubernetesObject[] {
    return policy.state === 'deleting' ? [] : renderPolicy(policy, this.settings.provisioner, new Date());
  }

  private async make(
    manager: EntityManager,
    policy: DuePolicy,
    objects: readonly KubernetesObject[],
  ): Promise<{ slow: boolean }> {
    const { kube } = this.clusters;
    const writes = await makePolicy(kube, policy.slot, objects);
    const constraint = objects.find(({ apiVersion }) => apiVersion.startsWith('constraints.gatekeeper.sh/'));
    if (constraint !== undefined) await keepAudit(kube, manager, policy.id, constraint);
    return writes;
  }

  private failureOf(policy: DuePolicy, error: unknown): Outcome {
    const isKnown =
      error instanceof KubeError || error instanceof KubeUnreachable || error instanceof GatekeeperRefused;
    this.logger.warn(
      { policyId: policy.id, ...(isKnown ? { reason: error.message } : { err: error }) },
      'a policy failed',
    );
    const message = isKnown ? error.message : 'Something went wrong on our side.';
    const isFinal = error instanceof GatekeeperRefused || (error instanceof KubeError && error.httpStatus < 500);
    return isFinal
      ? { state: 'failed', message, checkInMs: RESYNC_MS }
      : { state: 'pending', message, checkInMs: RETRY_MS };
  }

  /** Writes the outcome only for the version that was enforced: a newer version or a later removal is still due. */
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
      [policy.id, policy.version, state, message, new Date(next), policy.state === 'deleting'],
    );
  }
}
