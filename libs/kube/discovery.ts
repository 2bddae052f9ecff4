import { type Resource, resourceOf } from './resources.js';

/** A kind that an API server serves. */
export interface ApiResource {
  /** Empty for the core group. */
  group: string;
  version: string;
  /** Plural name, as in paths. */
  resource: string;
  kind: string;
  namespaced: boolean;
}

/** Returns a kind of the table in the form of discovery. */
export function apiResourceOf(target: Pick<Resource, 'apiVersion' | 'kind'>): ApiResource {
  const { apiVersion, kind, plural, namespaced } = resourceOf(target);
  const [version = '', group = ''] = apiVersion.split('/').reverse();
  return { group, version, resource: plural, kind, namespaced };
}

/** Requests all groups and resources at once (KEP-3352); v2beta1 for API servers before 1.30. */
export const DISCOVERY_ACCEPT = ['v2', 'v2beta1']
  .map((version) => `application/json;g=apidiscovery.k8s.io;v=${version};as=APIGroupDiscoveryList`)
  .join(',');

/** The body of `/api` and `/apis` under `DISCOVERY_ACCEPT` (apidiscovery.k8s.io, APIGroupDiscoveryList). */
export interface GroupDiscoveryList {
  kind?: string;
  items?: {
    metadata?: { name?: string };
    versions?: {
      version: string;
      /** `Stale`: the server behind this group did not answer, and the list may be wrong or empty. */
      freshness?: string;
      resources?: {
        resource: string;
        scope: string;
        verbs: string[];
        responseKind?: { kind?: string };
        subresources?: { subresource: string; verbs: string[] }[];
      }[];
    }[];
  }[];
}

/**
 * Returns every resource that can be listed, in the preferred version of its group.
 * @param stale receives the `group/version`s that could not be discovered just now
 * @throws when the answer is not an aggregated discovery document (an API server before 1.26)
 */
export function listableResources({ kind, items = [] }: GroupDiscoveryList, stale: string[]): ApiResource[] {
  if (kind !== 'APIGroupDiscoveryList') throw new Error('the API server does not support aggregated discovery');
  const found = new Map<string, ApiResource>();
  for (const { metadata, versions = [] } of items) {
    const group = metadata?.name ?? '';
    for (const { version, freshness, resources = [] } of versions) {
      if (freshness === 'Stale') stale.push(`${group}/${version}`);
      for (const { resource, scope, verbs, responseKind } of resources) {
        const id = `${group}/${resource}`;
        if (!verbs.includes('list') || found.has(id)) continue;
        const entry = { group, version, resource, kind: responseKind?.kind ?? resource };
        found.set(id, { ...entry, namespaced: scope === 'Namespaced' });
      }
    }
  }
  return [...found.values()];
}

/** A resource or subresource, and its verbs. */
export interface ServedResource {
  /** Empty for the core group. */
  group: string;
  resource: string;
  /** Absent: the resource itself. */
  subresource?: string;
  /** Of the resource; empty for a subresource. */
  kind: string;
  namespaced: boolean;
  verbs: readonly string[];
}

/** Returns every resource and subresource of a discovery document once, regardless of its versions. */
export function servedResources({ items = [] }: GroupDiscoveryList): ServedResource[] {
  const served = new Map<string, ServedResource>();
  for (const { metadata, versions = [] } of items) {
    const group = metadata?.name ?? '';
    for (const { resources = [] } of versions) {
      for (const { resource, scope, verbs, responseKind, subresources = [] } of resources) {
        const namespaced = scope === 'Namespaced';
        const kind = responseKind?.kind ?? '';
        if (!served.has(`${group}/${resource}`)) {
          served.set(`${group}/${resource}`, { group, resource, kind, namespaced, verbs });
        }
        for (const { subresource, verbs: own } of subresources) {
          const id = `${group}/${resource}/${subresource}`;
          if (!served.has(id)) served.set(id, { group, resource, subresource, kind: '', namespaced, verbs: own });
        }
      }
    }
  }
  return [...served.values()];
}

/** Returns the path of a resource's collection, in all namespaces or in one. */
export function collectionPath({ group, version, resource }: Omit<ApiResource, 'kind'>, namespace?: string): string {
  const root = group === '' ? `/api/${version}` : `/apis/${group}/${version}`;
  return `${root}${namespace === undefined ? '' : `/namespaces/${namespace}`}/${resource}`;
}
