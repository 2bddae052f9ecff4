import { type LiveObject, managedResources, type RemovalClient, tenantResources } from '#kube';
import { Inject, Injectable } from '@nestjs/common';

import { removeObjects } from '../apply/apply.js';
import { givesAccess } from '../apply/waves.js';
import { isTerminating } from '../observe/namespace-end.js';
import { observeNamespaces, observeObjects } from '../observe/observe.js';
import { type Finding, type FoundObject, type SweepResult } from '../pass/findings.js';
import { PassWaiting } from '../pass/outcome.js';
import { type Pass } from '../pass/pass.js';
import { type StepLog } from '../pass/steps.js';
import { describeHeld, pauseAfter, waitForNamespaces } from './deletion-blockers.js';
import { FinalSweep } from './final-sweep.js';
import { removeWorkloads } from './remove-workloads.js';
import { withdrawAllAccess } from './withdraw-access.js';

/** Injection token of how long pods of a deleted tenant have to end, in seconds. */
export const POD_GRACE = Symbol('PodGrace');

const SHORTEST_RECHECK_MS = 5_000;
const NAMED = 10;
/** What has to be known of a tenant's objects: what gives access, and the quotas that are set to zero. */
const observedKinds = tenantResources.filter(({ kind }) => givesAccess(kind) || kind === 'ResourceQuota');

/** Values that the phases of a deletion hand on to each other; empty until their phase has run. */
export interface RemovalScope {
  /** Set by `observe`: the tenant's namespaces. */
  readonly own: readonly LiveObject[];
  /** Set by `observe`: those of its namespaces that are not terminating. Without any, nothing is removed. */
  readonly remaining: readonly LiveObject[];
  /** Set by `observe`: names of the tenant's namespaces that belong to someone else. */
  readonly taken: readonly string[];
  /** Set by `withdrawAccess`: the tenant's objects of the observed kinds in the remaining namespaces. */
  readonly objects: readonly LiveObject[];
  /** Set by `search`. */
  readonly search: Omit<SweepResult, 'found'>;
}

export const removalStart: RemovalScope = {
  own: [],
  remaining: [],
  taken: [],
  objects: [],
  search: { searched: [], notLookedAt: [] },
};

/** Work of the phases that remove a tenant from the cluster; `reconcile/phases.ts` has their order. */
@Injectable()
export class TenantRemoval {
  /** Of each cluster, by its client. */
  private readonly sweeps = new WeakMap<RemovalClient, FinalSweep>();

  constructor(@Inject(POD_GRACE) private readonly podGraceSeconds: number) {}

  async observe({ kube, tenant }: Pass): Promise<Partial<RemovalScope>> {
    const { own, foreign } = await observeNamespaces(kube, tenant);
    const remaining = own.filter((namespace) => !isTerminating(namespace));
    return { own, remaining, taken: foreign.map(({ metadata }) => metadata.name) };
  }

  /** @throws as `withdrawAllAccess` */
  async withdrawAccess(pass: Pass, { remaining }: RemovalScope): Promise<Partial<RemovalScope>> {
    if (remaining.length === 0) return {};
    await withdrawAllAccess(pass, remaining);
    const objects = await observeObjects(pass, remaining, observedKinds);
    await removeObjects(
      pass,
      objects.filter(({ kind }) => givesAccess(kind)),
    );
    return { objects };
  }

  /** @throws PassWaiting while pods remain; LeaseLost, StepFailed */
  async removeWorkloads(pass: Pass, { remaining, objects }: RemovalScope): Promise<Finding> {
    if (remaining.length > 0) await removeWorkloads(pass, remaining, objects, this.podGraceSeconds);
    return {};
  }

  /** @throws LeaseLost, StepFailed */
  async deleteNamespaces(pass: Pass, { remaining }: RemovalScope): Promise<Finding> {
    if (remaining.length > 0) await removeObjects(pass, remaining);
    return {};
  }

  /** @throws PassWaiting while a namespace exists, naming what holds it */
  async waitForNamespaces(pass: Pass, { own, remaining }: RemovalScope): Promise<Finding> {
    await waitForNamespaces(pass, remaining.length > 0 ? (await observeNamespaces(pass.kube, pass.tenant)).own : own);
    return {};
  }

  private sweepOf(client: RemovalClient): FinalSweep {
    const sweep = this.sweeps.get(client) ?? new FinalSweep(client);
    this.sweeps.set(client, sweep);
    return sweep;
  }

  /**
   * Searches the whole cluster for what is left. Objects that an earlier pass of this tenant created are deleted.
   * Others are only named: anyone who can write an object can write a label, and must not thereby make Bulkhead delete
   * it.
   * @throws PassWaiting while anything is left, or the search is incomplete; LeaseLost, StepFailed
   */
  async search(pass: Pass, { taken }: RemovalScope): Promise<Partial<RemovalScope>> {
    const { tenant } = pass;
    const gone = tenant.environments.map(({ namespace }) => namespace).filter((name) => !taken.includes(name));
    const { found, ...search } = await this.sweepOf(pass.removal).search(tenant.id, gone);
    if (found.length === 0) return { search };
    const created = tenant.inventory.filter(
      ({ uid, kind, namespace }) =>
        // Without its namespace admission refuses to delete an object; somebody has to make the namespace again.
        !gone.includes(namespace) &&
        managedResources.some((managed) => managed.kind === kind) &&
        found.some((each) => each.uid === uid),
    );
    await removeObjects(
      pass,
      created.map(({ apiVersion, kind, namespace, name, uid }) => {
        return { apiVersion, kind, metadata: { name, uid, ...(namespace === '' ? {} : { namespace }) } };
      }),
    );
    // Those that somebody else has to delete come first.
    const isCreated = (object: FoundObject): boolean => created.some(({ uid }) => uid === object.uid);
    const named = found.toSorted((a, b) => Number(isCreated(a)) - Number(isCreated(b)));
    throw new PassWaiting(leftover(named), recheckMs(pass.steps));
  }

  /** Collects the evidence that nothing of the tenant is left. */
  async attest({ kube }: Pass, { search, taken }: RemovalScope): Promise<Finding> {
    const { gitVersion } = (await kube.read('/version')) as { gitVersion: string };
    return { evidence: { ...search, namespacesOfOthers: taken, apiServerVersion: gitVersion } };
  }
}

/** Grows with the time that leftovers have blocked the deletion: each look is a search of the whole cluster. */
function recheckMs(steps: StepLog): number {
  const blockedSince = steps
    .all()
    .filter(({ name, state, cause }) => name === 'wait' && state === 'running' && cause?.code === 'LeftoverObjects')
    .map(({ startedAt }) => Date.parse(startedAt ?? new Date().toISOString()));
  return Math.max(pauseAfter(Date.now() - Math.min(Date.now(), ...blockedSince)), SHORTEST_RECHECK_MS);
}

function leftover(found: readonly FoundObject[]): PassWaiting['problem'] {
  const names = found.slice(0, NAMED).map(describeHeld).join('; ');
  const more = found.length > NAMED ? `; and ${found.length - NAMED} more` : '';
  const message = `Objects of the tenant are left in the cluster: ${names}${more}.`;
  return { reason: 'LeftoverObjects', message, object: found[0]?.object ?? null, kind: null };
}
