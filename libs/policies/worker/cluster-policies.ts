import { randomUUID } from 'node:crypto';

import { Batcher, unlessAborted } from '#background';
import { type ClusterSession, policiesInForce } from '#clusters';
import { type KubernetesObject } from '#isolation';
import { Logger } from '@nestjs/common';
import { type DataSource } from 'typeorm';

import { type ClaimKeeper } from './claim-keeper.js';
import { storeAudit } from './gatekeeper-audit.js';
import { makePolicy, PolicyWaits, type PolicyWrites, removeParameters } from './policy-changes.js';
import { type ClaimedPolicy } from './policy-claims.js';
import { failureOf, IN_FORCE, isClusterError, type Outcome } from './policy-outcome.js';
import { renderPolicy } from './render-policy.js';
import { aboutNothing } from './served-kinds.js';

/** What became of a policy on one cluster. */
export interface ClusterResult {
  outcome: Outcome;
  /** Whether objects were written, and it is not known that the API server acts on them. */
  unconfirmed: boolean;
}

/** The policies of one cluster. */
export class ClusterPolicies {
  private readonly logger = new Logger(ClusterPolicies.name);
  /** An API server picks up everything that was written at once, so policies share their canaries. */
  private readonly canaries: Batcher<null, boolean>;

  /** @param stopping aborted when the process stops */
  constructor(
    private readonly cluster: ClusterSession,
    private readonly dataSource: DataSource,
    stopping: AbortSignal,
  ) {
    this.canaries = new Batcher(async (waiting) => {
      const areInForce = await policiesInForce(this.cluster.kube, randomUUID(), stopping);
      return waiting.map(() => areInForce);
    });
  }

  /**
   * Makes the objects of a policy, or removes them, and waits until the API server acts on that. Never rejects.
   * @param waitsFor is told what the work waits for
   */
  async ensure(
    policy: ClaimedPolicy,
    keeper: ClaimKeeper,
    waitsFor: (reason: string | null) => void,
  ): Promise<ClusterResult> {
    const { kube } = this.cluster;
    let { unconfirmed } = policy;
    const writes: PolicyWrites = {
      assertHeld: () => {
        keeper.assertHeld();
      },
      slow: () => {
        unconfirmed = true;
      },
    };
    try {
      this.cluster.assertReachable();
      waitsFor('The API server has not answered yet.');
      const objects = this.objectsOf(policy);
      await makePolicy(kube, policy.slot, objects, writes);
      await this.storeAudit(policy, objects);
      if (unconfirmed) {
        waitsFor(NOT_ACTING);
        await this.confirm(keeper.signal);
        unconfirmed = false;
      }
      await removeParameters(kube, policy.slot, objects, writes);
      return { outcome: { ...IN_FORCE, message: await this.aboutNothing(policy) }, unconfirmed };
    } catch (error) {
      return { outcome: this.failed(error, policy), unconfirmed };
    } finally {
      waitsFor(null);
    }
  }

  /** What the policy cannot match here. It is in force all the same, for kinds that are installed later. */
  private async aboutNothing({ state, spec }: ClaimedPolicy): Promise<string | null> {
    return state === 'deleting' ? null : aboutNothing(spec, await this.cluster.trials.served());
  }

  private objectsOf(policy: ClaimedPolicy): KubernetesObject[] {
    return policy.state === 'deleting' ? [] : renderPolicy(policy, this.cluster.settings.provisioner, policy.asOf);
  }

  private async storeAudit({ id }: ClaimedPolicy, objects: readonly KubernetesObject[]): Promise<void> {
    const constraint = objects.find(({ apiVersion }) => apiVersion.startsWith('constraints.gatekeeper.sh/'));
    if (constraint !== undefined) await storeAudit(this.cluster, this.dataSource, id, constraint);
  }

  /** Waits until the API server acts on what was written, or the claim ends. */
  private async confirm(ended: AbortSignal): Promise<void> {
    const isActing = await unlessAborted(ended, this.canaries.ask(null));
    if (!isActing) throw new PolicyWaits(NOT_ACTING);
  }

  private failed(error: unknown, policy: ClaimedPolicy): Outcome {
    if (!isClusterError(error)) {
      const details = { policyId: policy.id, cluster: this.cluster.name, err: error };
      this.logger.error(details, 'failed to enforce a policy; it is retried');
    }
    return failureOf(error);
  }
}

const NOT_ACTING = 'The API server does not act on the policy yet.';
