import { type ClusterFacts, renderTenant } from '#isolation';
import { type LiveObject, objectName } from '#kube';

import { repairWave } from './apply.js';
import { difference, keyOf } from './difference.js';
import { isStanding, waitForEnd } from './namespace-end.js';
import { noteDrift } from './note-drift.js';
import { observeNamespaces, observeObjects } from './observe.js';
import { PassFailed } from './outcome.js';
import { type Pass, removeObjects } from './pass.js';
import { givesAccess, wavesOf } from './waves.js';

/** Makes the cluster match what is wanted of a tenant: render → observe → compare → apply → prune. */
export async function ensureTenant(pass: Pass, cluster: ClusterFacts): Promise<void> {
  const { tenant, kube, keeper, result } = pass;
  const rendered = renderTenant({ ...tenant, cluster });
  const { own, foreign } = await observeNamespaces(kube, tenant);
  refuse(foreign);
  waitForEnd(own.filter((namespace) => !isStanding(namespace)));
  const objects = await observeObjects(kube, tenant, own);
  const live = [...own, ...objects];
  const change = await noteDrift(pass, difference(rendered, live, tenant.inventory), live);
  const pruneOf = (access: boolean): LiveObject[] => change.prune.filter(({ kind }) => givesAccess(kind) === access);
  await removeObjects(pass, pruneOf(true));
  for (const wave of wavesOf(change.repair)) {
    keeper.assertHeld();
    await repairWave(kube, wave, result.steps, result.applied);
  }
  await removeObjects(pass, pruneOf(false));
  result.removed = change.forget;
}

/** @throws PassFailed when somebody else's namespace is in the way: it is never taken over. */
function refuse([foreign]: readonly LiveObject[]): void {
  if (foreign === undefined) return;
  const { name } = foreign.metadata;
  throw new PassFailed({
    reason: 'NamespaceNotOwned',
    message:
      `The namespace ${name} exists and does not belong to this tenant. Remove it and send any change of the tenant, ` +
      'or delete the tenant and create it under another slug.',
    object: objectName(keyOf(foreign)),
    kind: 'Namespace',
  });
}
