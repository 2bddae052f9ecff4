import { type Credentials } from './credentials.js';
import {
  type ApiResource,
  collectionPath,
  DISCOVERY_ACCEPT,
  type GroupDiscoveryList,
  listableResources,
} from './discovery.js';
import { ifFound, KubeError } from './kube-error.js';
import { Transport } from './transport.js';

/** The metadata of an object that was listed without its content. */
export interface ListedMetadata {
  name: string;
  namespace?: string;
  /** Absent on objects of some aggregated APIs. */
  uid?: string;
  labels?: Record<string, string>;
  finalizers?: string[];
  deletionTimestamp?: string;
}

/** One page of a list. */
export interface ListedPage {
  objects: ListedMetadata[];
  /** How many objects follow on further pages; null if the API server does not count them. */
  following: number | null;
}

interface ListedItem {
  metadata: ListedMetadata;
}

interface ListAnswer {
  kind?: string;
  items?: ListedItem[] | null;
  metadata?: { continue?: string; remainingItemCount?: number };
}

/** The identity of the sweep: it can list everything, which the worker itself cannot. */
const SWEEPER = 'system:serviceaccount:bulkhead-system:bulkhead-sweeper';
/** Contents of objects, Secrets above all, are never requested. */
const METADATA_ONLY = 'application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1';
const PAGE_SIZE = 500;

/** Does what only deletions need: lists every kind that the cluster serves, and empties collections. */
export class RemovalClient {
  private readonly transport: Transport;

  /** @param onUnreachable called whenever a request gets no answer */
  constructor(credentials: Credentials, onUnreachable?: () => void) {
    this.transport = new Transport(credentials, onUnreachable);
  }

  /**
   * Returns every resource that the API server can list, and the parts of its API that could not be discovered just
   * now. As the sweeper.
   */
  async discover(): Promise<{ resources: ApiResource[]; stale: string[] }> {
    const headers = { accept: DISCOVERY_ACCEPT, 'impersonate-user': SWEEPER };
    const read = (path: string): Promise<unknown> => this.transport.send({ method: 'GET', path, headers });
    const documents = (await Promise.all(['/api', '/apis'].map(read))) as GroupDiscoveryList[];
    const stale: string[] = [];
    return { resources: documents.flatMap((document) => listableResources(document, stale)), stale };
  }

  /**
   * Reads metadata of objects of one kind, as the sweeper, page by page. Only a caller that has taken every page knows
   * what does not exist.
   * @param limit most objects on a page
   * @throws KubeError 403 when the sweeper has no right to list them
   */
  sweep(
    resource: ApiResource,
    where: { namespace?: string; labelSelector?: string },
    limit = PAGE_SIZE,
  ): AsyncGenerator<ListedPage> {
    return this.pages(resource, where, { limit, headers: { 'impersonate-user': SWEEPER } });
  }

  /**
   * Returns metadata of objects of one kind in a namespace, as the worker itself; empty if the namespace is gone.
   * @param enough stops reading pages after that many objects
   */
  async listIn(namespace: string, resource: ApiResource, enough: number): Promise<ListedMetadata[]> {
    const read = async (): Promise<ListedMetadata[]> => {
      const found: ListedMetadata[] = [];
      const limit = Math.min(PAGE_SIZE, enough);
      for await (const { objects } of this.pages(resource, { namespace }, { limit, headers: {} })) {
        found.push(...objects);
        if (found.length >= enough) break;
      }
      return found;
    };
    return (await ifFound(read())) ?? [];
  }

  /**
   * Deletes the objects of one kind in a namespace, one page per call, so that a full namespace never exceeds the time
   * limit of a request. A missing namespace is fine.
   * @param graceSeconds how long pods may take to end; absent: as long as each says itself
   */
  async empty(namespace: string, resource: ApiResource, graceSeconds?: number): Promise<void> {
    const body = {
      apiVersion: 'v1',
      kind: 'DeleteOptions',
      propagationPolicy: 'Background',
      ...(graceSeconds !== undefined && { gracePeriodSeconds: graceSeconds }),
    };
    const request = { query: { limit: String(PAGE_SIZE) }, body, headers: { accept: METADATA_ONLY } };
    const path = collectionPath(resource, namespace);
    await ifFound(this.transport.send({ method: 'DELETE', path, ...request }));
  }

  /** Aborts all requests under way, as if the connection were lost. */
  async cutOff(): Promise<void> {
    await this.transport.destroy();
  }

  /** Closes the connections once the requests under way have ended. */
  async close(): Promise<void> {
    await this.transport.close();
  }

  private async *pages(
    resource: ApiResource,
    { namespace, labelSelector }: { namespace?: string; labelSelector?: string },
    { limit, headers }: { limit: number; headers: Record<string, string> },
  ): AsyncGenerator<ListedPage> {
    const path = collectionPath(resource, namespace);
    let proceed: string | undefined;
    do {
      const query = {
        limit: String(limit),
        ...(labelSelector === undefined ? {} : { labelSelector }),
        ...(proceed === undefined ? {} : { continue: proceed }),
      };
      const request = { method: 'GET', path, query, headers: { ...headers, accept: METADATA_ONLY } } as const;
      const { objects, continued, remaining } = pageOf(await this.transport.send(request));
      proceed = continued;
      yield { objects, following: proceed === undefined ? 0 : remaining };
    } while (proceed !== undefined);
  }
}

/**
 * Reads the answer to a list.
 * @throws KubeError if it is no list: a proxy or an aggregated API can answer anything with 200, and an answer without
 *   objects must not be taken for the absence of objects
 */
export function pageOf(answer: unknown): {
  objects: ListedMetadata[];
  continued: string | undefined;
  remaining: number | null;
} {
  const { kind = '', items = null, metadata = {} } = (answer ?? {}) as ListAnswer;
  // The API server encodes an empty list of metadata as null.
  const listed = items ?? (kind.endsWith('List') ? [] : null);
  const objects = Array.isArray(listed) ? listed.map((item: Partial<ListedItem> | null) => item?.metadata) : null;
  if (objects === null || !objects.every((each) => typeof each?.name === 'string')) {
    throw new KubeError(502, { reason: 'NotAList', message: 'the answer is not a list of objects' });
  }
  const { continue: continued, remainingItemCount = null } = metadata;
  return {
    objects: objects as ListedMetadata[],
    continued: continued === '' ? undefined : continued,
    remaining: remainingItemCount,
  };
}
