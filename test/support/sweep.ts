import pMap from 'p-map';

import { AdminClient } from './admin-client.js';

interface Listed {
  metadata: { name: string; namespace?: string; labels?: Record<string, string> };
}

/** The tenants to search for. */
export interface Traces {
  tenantIds: readonly string[];
  /** Names of the tenants' namespaces. */
  namespaces: readonly string[];
}

/**
 * Searches everything that the API server can list, and returns `resource [namespace/]name` of each object that has a
 * tenant's label, is in one of its namespaces, or is one: neither criterion alone would find every leftover.
 */
export async function sweep({ tenantIds, namespaces }: Traces): Promise<string[]> {
  const client = new AdminClient();
  const ids = new Set(tenantIds);
  const names = new Set(namespaces);
  const belongs = (resource: string, { metadata }: Listed): boolean =>
    ids.has(metadata.labels?.['bulkhead.io/tenant-id'] ?? '') ||
    names.has(metadata.namespace ?? '') ||
    (resource === '/api/v1/namespaces' && names.has(metadata.name));
  try {
    const resources = await listableResources(client);
    // A failed discovery would find nothing, and look like a clean cluster.
    if (resources.length < 40) throw new Error(`the API server lists only ${resources.length} resources`);
    const found = await pMap(
      resources,
      async (resource) =>
        (await listAll(client, resource))
          .filter((object) => belongs(resource, object))
          .map(({ metadata }) => `${resource} ${[metadata.namespace, metadata.name].filter(Boolean).join('/')}`),
      { concurrency: 8 },
    );
    return found.flat().sort();
  } finally {
    await client.close();
  }
}

async function listableResources(client: AdminClient): Promise<string[]> {
  const groups = await client.get<{ groups: { preferredVersion: { groupVersion: string } }[] }>('/apis');
  const roots = ['/api/v1', ...(groups?.groups ?? []).map((group) => `/apis/${group.preferredVersion.groupVersion}`)];
  const lists = await pMap(roots, async (root) => {
    const found = await client.get<{ resources: { name: string; verbs: string[] }[] }>(root);
    return (found?.resources ?? [])
      .filter(({ name, verbs }) => verbs.includes('list') && !name.includes('/') && name !== 'componentstatuses')
      .map(({ name }) => `${root}/${name}`);
  });
  return lists.flat();
}

async function listAll(client: AdminClient, resource: string): Promise<Listed[]> {
  const items: Listed[] = [];
  let proceed = '';
  do {
    const query = `limit=1000${proceed === '' ? '' : `&continue=${encodeURIComponent(proceed)}`}`;
    const page = await client.get<{ items: Listed[]; metadata: { continue?: string } }>(`${resource}?${query}`);
    items.push(...(page?.items ?? []));
    proceed = page?.metadata.continue ?? '';
  } while (proceed !== '');
  return items;
}
