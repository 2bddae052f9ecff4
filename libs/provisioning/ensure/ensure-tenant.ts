import { type ClusterFacts, renderTenant } from '#isolation';
import { type CachedObject, isWorkloadKind } from '#kube';

import { type Removable, repairWave } from './apply.js';
import { difference } from './difference.js';
import { ensureWorkloads } from '../workloads/ensure-workloads.js';
import { examine } from './examine.js';
import { refuseForeign, waitForEnd } from './namespace-end.js';
import { noteDrift } from '../drift/note-drift.js';
import { type Pass, removeObjects } from '../pass.js';
import { standingObjects, unlabelled } from './standing.js';
import { holdWorkloads, withdrawAccess } from '../holds/suspend-workloads.js';
import { standingVerdicts } from '../settle/standing-verdicts.js';
import { opensWay, wavesOf } from './waves.js';

/** Makes the cluster match what is wanted of a tenant: render → look → compare → apply → prune. */
export async function ensureTenant(pass: Pass, cluster: ClusterFacts): Promise<void> {
  const { tenant, kube, keeper, result } = pass;
  const rendered = renderTenant({ ...tenant, cluster });
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
  for (const wave of wavesOf(repairs)) {
    keeper.assertHeld();
    await repairWave(kube, tenant, wave, result);
  }
  await holdWorkloads(pass);
  if (result.outcome.kind === 'settled') {
    result.outcome.standing = standingVerdicts(cluster, tenant.isolationFindings);
  }
  await removeObjects(pass, pruneOf(false));
  result.applied.push(...harmless);
  result.removed = forget;
  await ensureWorkloads(pass, rendered, standing);
}

function removable({ apiVersion, kind, namespace, name, uid }: CachedObject): Removable {
  return { apiVersion, kind, metadata: { namespace, name, uid } };
}
