import { type ApiResource, type ListedMetadata } from '#kube';

import { type FoundObject, type ResourceName } from '../pass/findings.js';

/** Names an object that a list returned. */
export function described(resource: ApiResource, { namespace, name, uid = '', ...rest }: ListedMetadata): FoundObject {
  const { finalizers = [], deletionTimestamp = null } = rest;
  const parts = [apiVersionOf(resource), resource.kind, ...(namespace === undefined ? [] : [namespace]), name];
  return { object: parts.join('/'), uid, finalizers: finalizers.toSorted(), deletionTimestamp };
}

/** Sorts by name and removes duplicates: some kinds are served by two API groups, with one name and uid. */
export function ordered(objects: readonly FoundObject[]): FoundObject[] {
  const unique = new Map(objects.map((each) => [idOf(each), each]));
  return [...unique.values()].sort((a, b) => a.object.localeCompare(b.object));
}

/** Identifies an object. Some aggregated APIs serve objects without a uid. */
export function idOf({ uid, object }: FoundObject): string {
  return uid === '' ? object : uid;
}

export function apiVersionOf({ group, version }: ApiResource): string {
  return group === '' ? version : `${group}/${version}`;
}

/** `resource[.group]` */
export function titleOf({ group, resource }: Pick<ApiResource, 'group' | 'resource'>): string {
  return `${resource}${group === '' ? '' : `.${group}`}`;
}

export function nameOf({ group, version, resource }: ApiResource): ResourceName {
  return { group, version, resource };
}
