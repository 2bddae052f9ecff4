import { hash } from 'node:crypto';

import { type KubernetesObject } from '#isolation';

import { type ObjectKey, objectName } from './resources.js';

/** SHA-256 of an object. Rendering is deterministic, so equal objects have equal text. */
export function hashOf(object: KubernetesObject): string {
  return hash('sha256', JSON.stringify(object), 'hex');
}

/** The key of an object. */
export function keyOf({
  apiVersion,
  kind,
  metadata,
}: Pick<KubernetesObject, 'apiVersion' | 'kind' | 'metadata'>): ObjectKey {
  return { apiVersion, kind, namespace: metadata.namespace ?? '', name: metadata.name };
}

/** As `objectName` of the object's key. */
export function nameOf(object: Pick<KubernetesObject, 'apiVersion' | 'kind' | 'metadata'>): string {
  return objectName(keyOf(object));
}
