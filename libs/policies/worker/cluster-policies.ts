import { randomUUID } from 'node:crypto';

import { type ClusterSession, policiesInForce } from '#clusters';
import { type KubernetesObject } from '#isolation';
import { Logger } from '@nestjs/common';
import { type EntityManager } from 'typeorm';

import { storeAudit } from './gatekeeper-audit.js';
import { makePolicy, removeParameters } from './policy-changes.js';
import { failureOf, IN_FORCE, isClusterError, type Outcome } from './policy-outcome.js';
import { renderPolicy, type WantedPolicy } from './render-policy.js';

/** A policy to enforce, or to remove when its state is `deleting`. */
export interface DuePolicy extends WantedPolicy {
  state: string;
}

/** The policies of one cluster. */
export class ClusterPolicies {
  private readonly logger = new Logger(ClusterPolicies.name);

  constructor(private readonly cluster: ClusterSession) {}

  /**
   * Makes the objects of policies, and waits until the API server acts on them.
   * @returns the outcome of each policy; errors are logged
   */
  async ensure(manager: EntityManager, policies: readonly DuePolicy[]): Promise<Map<DuePolicy, Outcome>> {
    const { kube } = this.cluster;
    const outcomes = new Map<DuePolicy, Outcome>();
    const made = new Map<DuePolicy, KubernetesObject[]>();
    let slow = false;
    for (const policy of policies) {
      try {
        // A cluster that went away meanwhile must not hold up the policies of others by a timeout for each request.
        this.cluster.assertReachable();
        const objects = this.objectsOf(policy);
        slow = (await this.make(manager, policy, objects)).slow || slow;
        made.set(policy, objects);
        outcomes.set(policy, IN_FORCE);
      } catch (error) {
        outcomes.set(policy, this.failed(error, policy));
      }
    }
    try {
      if (slow) await policiesInForce(kube, randomUUID());
      for (const [{ slot }, objects] of made) await removeParameters(kube, slot, objects);
    } catch (error) {
      for (const policy of made.keys()) outcomes.set(policy, this.failed(error, policy));
    }
    return outcomes;
  }

  private objectsOf(policy: DuePolicy): KubernetesObject[] {
    return policy.state === 'deleting' ? [] : renderPolicy(policy, this.cluster.settings.provisioner, new Date());
  }

  private async make(
    manager: EntityManager,
    policy: DuePolicy,
    objects: readonly KubernetesObject[],
  ): Promise<{ slow: boolean }> {
    const writes = await makePolicy(this.cluster.kube, policy.slot, objects);
    const constraint = objects.find(({ apiVersion }) => apiVersion.startsWith('constraints.gatekeeper.sh/'));
    if (constraint !== undefined) await storeAudit(this.cluster, manager, policy.id, constraint);
    return writes;
  }

  private failed(error: unknown, policy: DuePolicy): Outcome {
    const cause = isClusterError(error) ? { reason: error.message } : { err: error };
    this.logger.warn({ policyId: policy.id, cluster: this.cluster.name, ...cause }, 'failed to enforce a policy');
    return failureOf(error);
  }
}
