import { type KubernetesObject } from '../model/kubernetes-object.js';

/** Three times what the largest plan allows: 50 environments in a mesh, with all their links and routes. */
const MOST_OBJECTS = 20_000;
const MOST_BYTES = 32 * 1024 * 1024;

/**
 * Returns an object set that is not too large to be worked on beside those of other tenants. What tenants decide is
 * bounded before, one by one; this ends what adds up. There is no limit in time, so that a tenant that can be rendered
 * always can: without more than this, there is no more work.
 * @throws Error that says what there is too much of
 */
export function withinBudget(objects: KubernetesObject[]): KubernetesObject[] {
  if (objects.length > MOST_OBJECTS) {
    throw new Error(`it would have ${objects.length} objects, and ${MOST_OBJECTS} are allowed`);
  }
  let bytes = 0;
  for (const object of objects) {
    bytes += JSON.stringify(object).length;
    if (bytes > MOST_BYTES) {
      throw new Error(`its objects would be larger than ${MOST_BYTES / 1024 / 1024} MiB in total`);
    }
  }
  return objects;
}
