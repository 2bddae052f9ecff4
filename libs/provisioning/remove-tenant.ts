import { isStanding, waitForEnd } from './namespace-end.js';
import { observeNamespaces, observeObjects } from './observe.js';
import { type Pass, removeObjects } from './pass.js';
import { givesAccess } from './waves.js';

/**
 * Takes a tenant out of the cluster. Access ends first; what restricts stays until the namespaces themselves, with
 * all in them, are gone.
 */
export async function removeTenant(pass: Pass): Promise<void> {
  const { tenant, kube, result } = pass;
  const { own } = await observeNamespaces(kube, tenant);
  const standing = own.filter(isStanding);
  if (standing.length > 0) {
    const objects = await observeObjects(kube, tenant, standing);
    const access = objects.filter(({ kind }) => givesAccess(kind));
    await removeObjects(pass, access);
    await removeObjects(pass, standing);
  }
  waitForEnd(standing.length > 0 ? (await observeNamespaces(kube, tenant)).own : own);
  result.deleted = true;
}
