import { Loop, Shutdown } from '#background';
import { type ClusterReport, Clusters, type ClusterSession } from '#clusters';
import { KubeUnreachable } from '#kube';
import { type BeforeApplicationShutdown, Injectable, Logger } from '@nestjs/common';
import { DataSource } from 'typeorm';

import { ClaimKeeper } from './claim-keeper.js';
import { ClusterPolicies, type ClusterResult } from './cluster-policies.js';
import { type ClaimedPolicy, PolicyClaims } from './policy-claims.js';
import { combined, failureOf, type Outcome } from './policy-outcome.js';

/** How often the database is asked for due policies: changes whose wake-up was lost, expired exceptions. */
const PERIOD_MS = 1_000;

/**
 * Enforces the policies on every cluster. A worker claims those that are due and works on each independently, with no
 * transaction open: no policy waits for another, nor for one that waits for Gatekeeper.
 */
@Injectable()
export class PolicyEnforcer implements BeforeApplicationShutdown {
  private readonly logger = new Logger(PolicyEnforcer.name);
  private readonly claims: PolicyClaims;
  private readonly policiesOf = new WeakMap<ClusterSession, ClusterPolicies>();
  private readonly underWay = new Set<Promise<void>>();
  readonly loop = new Loop({
    name: 'policy-enforcer',
    periodMs: PERIOD_MS,
    // Capabilities of clusters decide which policies are accepted, even before there is a tenant.
    firstInMs: 0,
    run: () => this.beginDue(),
    failed: 'failed to enforce policies; they are retried',
  });

  constructor(
    private readonly dataSource: DataSource,
    private readonly clusters: Clusters,
    private readonly shutdown: Shutdown,
  ) {
    this.claims = new PolicyClaims(dataSource);
  }

  /** Begins to enforce the policies that are due. Failures are logged and retried. */
  ensure(): Promise<void> {
    return this.loop.now();
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.loop.stop();
    await Promise.all(this.underWay);
  }

  private async beginDue(): Promise<void> {
    const report = await this.clusters.makeReady();
    const { ready, unusable } = report;
    if (ready.length > 0 || unusable.size > 0) {
      for (const policy of await this.claims.claimDue()) this.begin(policy, report);
    }
    for (const [cluster, error] of unusable) {
      if (ready.length === 0) throw error;
      if (error instanceof KubeUnreachable) continue;
      this.logger.warn({ cluster, err: error }, 'a cluster is not ready for tenants; it is retried');
    }
  }

  private begin(policy: ClaimedPolicy, report: ClusterReport): void {
    const work = this.carryOut(policy, report)
      .catch((error: unknown) => {
        this.logger.warn({ policyId: policy.id, err: error }, 'failed to enforce a policy; it is retried');
      })
      .finally(() => this.underWay.delete(work));
    this.underWay.add(work);
  }

  private async carryOut(policy: ClaimedPolicy, { ready, unusable, unused }: ClusterReport): Promise<void> {
    const waits = new Map<string, string>();
    const outcomes = new Map([...unusable].map(([name, error]) => [name, failureOf(error)]));
    const renew = (): Promise<boolean> => this.claims.renew(policy, messageOf(waits, outcomes));
    const keeper = new ClaimKeeper(renew, this.shutdown.signal);
    const work = ready.map(async (cluster) => {
      const result = await this.on(cluster).ensure(policy, keeper, (reason) => {
        if (reason === null) waits.delete(cluster.name);
        else waits.set(cluster.name, reason);
      });
      outcomes.set(cluster.name, result.outcome);
      return result;
    });
    const results = await Promise.all(work).finally(() => {
      keeper.stop();
    });
    const unconfirmed = stillUnconfirmed(policy, results, unusable.size > 0);
    if (!keeper.signal.aborted) return this.settle(policy, combined(outcomes, unused), unconfirmed);
    await this.claims.release(policy, unconfirmed);
    void this.loop.now();
  }

  private async settle(policy: ClaimedPolicy, outcome: Outcome, unconfirmed: boolean): Promise<void> {
    this.note(policy, outcome);
    if (!(await this.claims.settle(policy, outcome, unconfirmed))) void this.loop.now();
  }

  private on(cluster: ClusterSession): ClusterPolicies {
    const known = this.policiesOf.get(cluster);
    if (known !== undefined) return known;
    const policies = new ClusterPolicies(cluster, this.dataSource, this.shutdown.signal);
    this.policiesOf.set(cluster, policies);
    return policies;
  }

  /** A policy that waits is looked at every second: its reason is logged once. */
  private note({ id, version, message: before }: ClaimedPolicy, { state, message }: Outcome): void {
    if (state === 'in-force' || message === before) return;
    this.logger.warn({ policyId: id, version, state, reason: message }, 'a policy is not in force; it is retried');
  }
}

/** Clusters that cannot be used may have been written to before. */
function stillUnconfirmed(policy: ClaimedPolicy, results: readonly ClusterResult[], isPartial: boolean): boolean {
  return results.some(({ unconfirmed }) => unconfirmed) || (isPartial && policy.unconfirmed);
}

/** What a policy waits for, and why it cannot be enforced elsewhere; null if there is neither. */
function messageOf(waits: ReadonlyMap<string, string>, outcomes: ReadonlyMap<string, Outcome>): string | null {
  const waiting = [...waits].map(([name, message]): [string, Outcome] => [
    name,
    { state: 'pending', message, checkInMs: 0 },
  ]);
  return combined(new Map([...outcomes, ...waiting]), []).message;
}
