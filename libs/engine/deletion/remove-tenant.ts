import { type LiveObject, managedResources, RemovalClient } from '#kube';
import { Injectable } from '@nestjs/common';

import { removeObjects } from '../apply/apply.js';
import { givesAccess } from '../apply/waves.js';
import { isStanding } from '../observe/namespace-end.js';
import { observeNamespaces, observeObjects } from '../observe/observe.js';
import { PassWaiting } from '../pass/outcome.js';
import { type FoundObject, type SweepResult } from '../pass/pass-result.js';
import { type Pass } from '../pass/pass.js';
import { describeHeld, waitForNamespaces } from './deletion-blockers.js';
import { FinalSweep } from './final-sweep.js';
import { removeWorkloads } from './remove-workloads.js';

const RECHECK_MS = 5_000;
const NAMED = 10;

/**
 * Takes a tenant out of the cluster: access first, so that nobody starts anything again; then what runs; then the
 * namespaces, with what restricts them, when nothing runs in them any more. In the end the whole cluster is searched.
 */
@Injectable()
export class TenantRemoval {
  constructor(
    private readonly client: RemovalClient,
    private readonly sweep: FinalSweep,
  ) {}

  /** @throws PassWaiting with what holds the deletion up; LeaseLost, StepFailed */
  async remove(pass: Pass): Promise<void> {
    const { tenant, kube, result } = pass;
    const { own, foreign } = await observeNamespaces(kube, tenant);
    const standing = own.filter(isStanding);
    if (standing.length > 0) {
      const objects = await observeObjects(pass, standing);
      await removeObjects(
        pass,
        objects.filter(({ kind }) => givesAccess(kind)),
      );
      await removeWorkloads(pass, this.client, standing, objects);
      await removeObjects(pass, standing);
    }
    await waitForNamespaces(this.sweep, standing.length > 0 ? (await observeNamespaces(kube, tenant)).own : own);
    const taken = foreign.map(({ metadata }) => metadata.name);
    const gone = tenant.environments.map(({ namespace }) => namespace).filter((name) => !taken.includes(name));
    const search = await this.sweep.search(tenant.id, gone);
    await this.refuseLeftovers(pass, search);
    const { gitVersion } = (await kube.read('/version')) as { gitVersion: string };
    result.evidence = { ...search, namespacesOfOthers: taken, apiServerVersion: gitVersion };
    result.deleted = true;
  }

  /**
   * What an earlier pass of this tenant made is deleted. Anything else is only named: a label can be written by anybody
   * who may write the object, and must not be a way to have Bulkhead delete it.
   */
  private async refuseLeftovers(pass: Pass, { found }: SweepResult): Promise<void> {
    const [first] = found;
    if (first === undefined) return;
    const made = pass.tenant.inventory.filter(
      ({ uid, kind }) =>
        managedResources.some((managed) => managed.kind === kind) && found.some((each) => each.uid === uid),
    );
    await removeObjects(
      pass,
      made.map(({ apiVersion, kind, namespace, name, uid }): LiveObject => {
        return {
          apiVersion,
          kind,
          metadata: { name, uid, resourceVersion: '', ...(namespace === '' ? {} : { namespace }) },
        };
      }),
    );
    throw new PassWaiting(leftover(first, found), RECHECK_MS);
  }
}

function leftover(first: FoundObject, found: readonly FoundObject[]): PassWaiting['trouble'] {
  const names = found.slice(0, NAMED).map(describeHeld).join('; ');
  const more = found.length > NAMED ? `; and ${found.length - NAMED} more` : '';
  const message = `Objects of the tenant are left in the cluster: ${names}${more}.`;
  return { reason: 'LeftoverObjects', message, object: first.object, kind: null };
}
