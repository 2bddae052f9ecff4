import { type KubernetesObject } from '#isolation';
import { keyOf, type KubeClient, KubeError, type LiveObject } from '#kube';

/**
 * Applies an object. A RoleBinding of somebody else under its name is replaced if it binds another role, because that
 * never changes: until the new one exists, nobody has the access of either.
 * @throws KubeError, KubeUnreachable
 */
export async function applyOrReplace(kube: KubeClient, object: KubernetesObject): Promise<LiveObject> {
  try {
    return await kube.apply(object);
  } catch (error) {
    if (object.kind !== 'RoleBinding' || !(error instanceof KubeError && bindsAnotherRole(error))) throw error;
    await removeBinding(kube, object);
    const created = await kube.create(object);
    if (created === null) throw error;
    return created;
  }
}

function bindsAnotherRole({ httpStatus, status, message }: KubeError): boolean {
  const fields = (status.details?.causes ?? []).map(({ field }) => field);
  return httpStatus === 422 && (fields.includes('roleRef') || message.includes('cannot change roleRef'));
}

/** Removes a binding at once, whatever would hold it up. */
async function removeBinding(kube: KubeClient, object: KubernetesObject): Promise<void> {
  const key = keyOf(object);
  const live = await kube.get(key);
  if (live === null) return;
  if ((live.metadata.finalizers ?? []).length > 0) await kube.removeFields(key, { metadata: { finalizers: null } });
  await kube.delete(key, live.metadata.uid);
}
