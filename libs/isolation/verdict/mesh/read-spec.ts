import { type z } from 'zod';

import { type KubernetesObject } from '../../model/kubernetes-object.js';
import { firstIssue, UnreadableObjectError } from '../unreadable-object.js';

/**
 * Reads the `spec` of an object.
 * @throws UnreadableObjectError when it is malformed or uses unsupported fields
 */
export function readSpec<T>(object: KubernetesObject, schema: z.ZodType<T>): T {
  const { success, data, error } = schema.safeParse(object['spec'] ?? {});
  if (success) return data;
  const { namespace = 'default', name } = object.metadata;
  throw new UnreadableObjectError(`${object.kind} ${namespace}/${name}`, firstIssue(error));
}
