import { TENANT_ID_LABEL } from '#isolation';
import { type ApiResource, type ListedMetadata, type RemovalClient } from '#kube';

import { type FoundObject } from '../pass/findings.js';
import { described, idOf } from './listed-objects.js';

/** A tenant to search for. */
export interface Sought {
  readonly tenantId: string;
  /** Names of namespaces that are gone: nothing may be left in them. */
  readonly namespaces: readonly string[];
}

/** Objects of one kind and one tenant that are kept; that many show that something is left. */
const ENOUGH = 500;
const MOST_ON_PAGE = 500;
/** Listing so many more objects costs as much as one more request. */
const OBJECTS_PER_REQUEST = 100;

/** The objects of one kind that are left of each tenant, as far as they are read. */
export class Leftovers {
  private readonly byTenant = new Map<Sought, Map<string, FoundObject>>();
  private readonly byId = new Map<string, Sought[]>();
  private readonly byNamespace = new Map<string, Sought[]>();

  constructor(
    readonly resource: ApiResource,
    private readonly tenants: readonly Sought[],
  ) {
    for (const sought of tenants) {
      this.byTenant.set(sought, new Map());
      this.byId.set(sought.tenantId, [...(this.byId.get(sought.tenantId) ?? []), sought]);
      for (const namespace of sought.namespaces) {
        this.byNamespace.set(namespace, [...(this.byNamespace.get(namespace) ?? []), sought]);
      }
    }
  }

  /** Keeps the objects of a page that belong to a tenant, whatever the list was asked for. */
  take(objects: readonly ListedMetadata[]): void {
    for (const metadata of objects) {
      const labelled = this.byId.get(metadata.labels?.[TENANT_ID_LABEL] ?? '') ?? [];
      const inside = this.byNamespace.get(metadata.namespace ?? '') ?? [];
      for (const sought of [...labelled, ...inside]) {
        const found = described(this.resource, metadata);
        this.byTenant.get(sought)?.set(idOf(found), found);
      }
    }
  }

  of(sought: Sought): FoundObject[] {
    return [...(this.byTenant.get(sought)?.values() ?? [])];
  }

  /** Reports whether so much of a tenant is left that no further list about it is needed. */
  isFull(sought: Sought): boolean {
    return (this.byTenant.get(sought)?.size ?? 0) >= ENOUGH;
  }

  /** The tenants that further lists are about. */
  get open(): Sought[] {
    return this.tenants.filter((sought) => !this.isFull(sought));
  }
}

/**
 * Searches one resource for leftovers of tenants: by label in the whole cluster, and everything in their former
 * namespaces. For each tenant, all that there is has been read in the end, or `ENOUGH` objects of its own were found:
 * what is left of one tenant never hides what is left of another.
 * @throws KubeError; what was read before stays in `leftovers`
 */
export async function readLeftovers(client: RemovalClient, leftovers: Leftovers): Promise<void> {
  if (await readEverything(client, leftovers)) return;
  await readLabelled(client, leftovers);
  if (leftovers.resource.namespaced) await readNamespaces(client, leftovers);
}

/**
 * Reads all objects of the kind if that is cheaper than a list for each former namespace.
 * @returns false if it is not; then not everything was read
 */
async function readEverything(client: RemovalClient, leftovers: Leftovers): Promise<boolean> {
  const { resource } = leftovers;
  const requests = new Set(leftovers.open.flatMap(({ namespaces }) => namespaces)).size;
  // `kubectl apply` copies content to an annotation: Secrets of others are not asked for.
  const isSecret = resource.group === '' && resource.resource === 'secrets';
  if (!resource.namespaced || requests === 0 || isSecret) return false;
  const affordable = requests * OBJECTS_PER_REQUEST;
  let read = 0;
  for await (const { objects, following } of client.sweep(resource, {}, Math.min(affordable, MOST_ON_PAGE))) {
    leftovers.take(objects);
    read += objects.length;
    if (following === 0) return true;
    if (following === null || read + following > affordable) return false;
  }
  return true;
}

/** Lists by label. Once enough of a tenant is found, the list begins anew without it: another may come behind it. */
async function readLabelled(client: RemovalClient, leftovers: Leftovers): Promise<void> {
  for (let asked = leftovers.open; asked.length > 0; asked = leftovers.open) {
    const ids = [...new Set(asked.map(({ tenantId }) => tenantId))];
    const labelSelector = `${TENANT_ID_LABEL} in (${ids.join(',')})`;
    let isWhole = true;
    for await (const { objects, following } of client.sweep(leftovers.resource, { labelSelector })) {
      leftovers.take(objects);
      isWhole = following === 0;
      if (!isWhole && asked.some((sought) => leftovers.isFull(sought))) break;
    }
    if (isWhole) return;
  }
}

async function readNamespaces(client: RemovalClient, leftovers: Leftovers): Promise<void> {
  for (const sought of leftovers.open) {
    for (const namespace of sought.namespaces) {
      for await (const { objects } of client.sweep(leftovers.resource, { namespace })) {
        leftovers.take(objects);
        if (leftovers.isFull(sought)) break;
      }
    }
  }
}
