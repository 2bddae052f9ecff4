import { TENANT_ID_LABEL } from '#isolation';
import {
  type ApiResource,
  KubeError,
  KubeUnreachable,
  type ListedMetadata,
  type RemovalClient,
  tenantResources,
} from '#kube';
import { classify } from '#problems';
import pMap from 'p-map';

import { PassWaiting } from '../pass/outcome.js';
import { type FoundObject, type ResourceName, type SweepResult } from '../pass/findings.js';

/** Concurrent lists, in all sweeps of a cluster by a worker together. */
const IN_FLIGHT = 8;
/** Tenants that share one search: a label selector with more ids would not fit into a URL. */
const MOST_TENANTS = 50;
/** Objects of one kind that are listed at most; enough to know that something is left. */
const ENOUGH = 500;
const RECHECK_MS = 5_000;

interface Search {
  tenantId: string;
  /** Names of namespaces that are gone: nothing may be left in them. */
  namespaces: readonly string[];
  resolve: (result: SweepResult) => void;
  reject: (error: unknown) => void;
}

/**
 * Searches every resource that a cluster's API server can list, metadata only, for leftovers of tenants. Requests that
 * arrive during a search share the next one, so that a thousand deletions are not a thousand searches.
 */
export class FinalSweep {
  private waiting: Search[] = [];
  private running = false;

  constructor(private readonly client: RemovalClient) {}

  /**
   * Searches the cluster for leftovers of a tenant. The search begins after this call.
   * @throws PassWaiting `SweepIncomplete`, KubeError, KubeUnreachable
   */
  search(tenantId: string, namespaces: readonly string[]): Promise<SweepResult> {
    const answer = new Promise<SweepResult>((resolve, reject) => {
      this.waiting.push({ tenantId, namespaces, resolve, reject });
    });
    if (!this.running) void this.work();
    return answer;
  }

  /** Deleted objects in a namespace that a finalizer holds. Kinds that may not be listed are left out. */
  async heldIn(namespace: string): Promise<FoundObject[]> {
    const { resources } = await this.client.discover();
    const lists = await pMap(
      resources.filter(({ namespaced }) => namespaced),
      async (resource) => {
        const objects = await this.list(resource, { namespace });
        return objects instanceof KubeError ? [] : objects.map((metadata) => described(resource, metadata));
      },
      { concurrency: IN_FLIGHT },
    );
    return ordered(lists.flat()).filter(({ finalizers, deletionTimestamp }) => {
      return finalizers.length > 0 && deletionTimestamp !== null;
    });
  }

  private async work(): Promise<void> {
    this.running = true;
    try {
      while (this.waiting.length > 0) {
        const searches = this.waiting.splice(0, MOST_TENANTS);
        try {
          const results = await this.searchFor(searches);
          for (const search of searches) search.resolve(results(search));
        } catch (error) {
          for (const { reject } of searches) reject(error);
        }
      }
    } finally {
      this.running = false;
    }
  }

  private async searchFor(searches: readonly Search[]): Promise<(search: Search) => SweepResult> {
    const { resources, stale } = await this.client.discover();
    if (stale.length > 0) throw incomplete(`${stale.join(', ')} cannot be discovered`);
    const ids = [...new Set(searches.map(({ tenantId }) => tenantId))];
    const labelSelector = `${TENANT_ID_LABEL} in (${ids.join(',')})`;
    const gone = [...new Set(searches.flatMap(({ namespaces }) => namespaces))];
    const everywhere = resources.map((resource) => ({ resource, where: { labelSelector } }));
    const inNamespaces = resources
      .filter(({ namespaced }) => namespaced)
      .flatMap((resource) => gone.map((namespace) => ({ resource, where: { namespace } })));
    const refused = new Map<ApiResource, string>();
    const lists = await pMap(
      [...everywhere, ...inNamespaces],
      async ({ resource, where }) => {
        if (refused.has(resource)) return [];
        const objects = await this.list(resource, where);
        if (!(objects instanceof KubeError)) return objects.map((metadata) => ({ resource, metadata }));
        refused.set(resource, refusalOf(resource, objects));
        return [];
      },
      { concurrency: IN_FLIGHT },
    );
    const searched = resources.filter((resource) => !refused.has(resource)).map(nameOf);
    const notLookedAt = [...refused].map(([resource, reason]) => ({ ...nameOf(resource), reason }));
    return ({ tenantId, namespaces }) => {
      const isOfTenant = ({ labels, namespace = '' }: ListedMetadata): boolean =>
        labels?.[TENANT_ID_LABEL] === tenantId || namespaces.includes(namespace);
      const own = lists.flat().filter(({ metadata }) => isOfTenant(metadata));
      return {
        found: ordered(own.map(({ resource, metadata }) => described(resource, metadata))),
        searched,
        notLookedAt,
      };
    };
  }

  /** The objects; the error if the API server refuses to list them. */
  private async list(
    resource: ApiResource,
    where: { namespace?: string; labelSelector?: string },
  ): Promise<ListedMetadata[] | KubeError> {
    try {
      return await this.client.sweep(resource, where, ENOUGH);
    } catch (error) {
      if (error instanceof KubeUnreachable || !(error instanceof KubeError)) throw error;
      // For a kind of an aggregated API, 5xx means that its server is unavailable, not the cluster.
      if (classify(error).class !== 'final') {
        throw incomplete(`${titleOf(resource)} cannot be listed: ${error.message}`);
      }
      return error;
    }
  }
}

/** Why a kind was not searched. @throws the refusal if Bulkhead itself writes that kind: it must be searched. */
function refusalOf(resource: ApiResource, error: KubeError): string {
  const apiVersion = apiVersionOf(resource);
  if (tenantResources.some((managed) => managed.apiVersion === apiVersion && managed.plural === resource.resource)) {
    throw error;
  }
  return error.reason;
}

function incomplete(cause: string): PassWaiting {
  const message = `The search for leftovers of the tenant is incomplete: ${cause}.`;
  return new PassWaiting({ reason: 'SweepIncomplete', message, object: null, kind: null }, RECHECK_MS);
}

function described(resource: ApiResource, { namespace, name, uid, ...rest }: ListedMetadata): FoundObject {
  const { finalizers = [], deletionTimestamp = null } = rest;
  const parts = [apiVersionOf(resource), resource.kind, ...(namespace === undefined ? [] : [namespace]), name];
  return { object: parts.join('/'), uid, finalizers: finalizers.toSorted(), deletionTimestamp };
}

/** Sorts by name and removes duplicates: some kinds are served by two API groups, with one name and uid. */
function ordered(objects: readonly FoundObject[]): FoundObject[] {
  const byUid = new Map(objects.map((each) => [each.uid, each]));
  return [...byUid.values()].sort((a, b) => a.object.localeCompare(b.object));
}

function apiVersionOf({ group, version }: ApiResource): string {
  return group === '' ? version : `${group}/${version}`;
}

function titleOf(resource: ApiResource): string {
  return `${resource.resource}${resource.group === '' ? '' : `.${resource.group}`}`;
}

function nameOf({ group, version, resource }: ApiResource): ResourceName {
  return { group, version, resource };
}
