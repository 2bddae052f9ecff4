import { type ClusterFacts, renderTenant } from '#isolation';
import { type CachedObject, isWorkloadKind } from '#kube';

import { type Removable, removeObjects, repairWave } from '../apply/apply.js';
import { opensWay, removalOrder, restricts, wavesOf } from '../apply/waves.js';
import { noteDrift } from '../drift/note-drift.js';
import { holdWorkloads, withdrawAccess } from '../holds/suspend-workloads.js';
import { refuseAbsent } from '../observe/absent-kinds.js';
import { difference } from '../observe/difference.js';
import { examine } from '../observe/examine.js';
import { standingObjects, unlabelled } from '../observe/existing-objects.js';
import { refuseForeign, waitForEnd } from '../observe/namespace-end.js';
import { type Pass } from '../pass/pass.js';
import { standingVerdicts } from '../settle/standing-verdicts.js';
import { ensureWorkloads } from '../workloads/ensure-workloads.js';

/** Makes the cluster match what is wanted of a tenant: render → look → compare → apply → prune. */
export async function ensureTenant(pass: Pass, cluster: ClusterFacts): Promise<void> {
  const { tenant, kube, cache, keeper, result } = pass;
  const wanted = renderTenant({ ...tenant, cluster });
  const absent = wanted.filter((object) => !cache.isServed(object));
  const rendered = absent.length === 0 ? wanted : wanted.filter((object) => cache.isServed(object));
  const isOurs = ({ kind }: { kind: string }): boolean => !isWorkloadKind(kind);
  const standing = await standingObjects(pass);
  const found = difference(rendered.filter(isOurs), tenant.inventory.filter(isOurs), standing);
  const { suspects, forget } = found;
  const { harmless, ending, foreign, ...examined } = await examine(kube, tenant, suspects);
  refuseForeign(foreign);
  waitForEnd(ending);
  const { repairs, unexpected } = await noteDrift(pass, examined.repairs, found.unexpected);
  const excess = [...unexpected.map(removable), ...(await unlabelled(kube, forget, standing))];
  const opening = opensWay(repairs);
  const pruneOf = (first: boolean): Removable[] => excess.filter((object) => opening(object) === first);
  await removeObjects(pass, pruneOf(true));
  await withdrawAccess(pass);
  // Without all that closes it the tenant is given nothing more; what it has stays.
  for (const wave of wavesOf(absent.length === 0 ? repairs : repairs.filter(restricts))) {
    keeper.assertHeld();
    await repairWave(kube, tenant, wave, result);
  }
  result.links = tenant.links;
  await holdWorkloads(pass);
  if (result.outcome.kind === 'settled') {
    result.outcome.standing = standingVerdicts(cluster, tenant);
  }
  for (const group of removalOrder(pruneOf(false))) await removeObjects(pass, group);
  result.applied.push(...harmless);
  result.removed = forget;
  refuseAbsent(absent);
  await ensureWorkloads(pass, rendered, standing);
}

function removable({ apiVersion, kind, namespace, name, uid }: CachedObject): Removable {
  return { apiVersion, kind, metadata: { namespace, name, uid } };
}
