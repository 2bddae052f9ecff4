import { type Credentials } from './credentials.js';
import {
  type ApiResource,
  collectionPath,
  DISCOVERY_ACCEPT,
  type GroupDiscoveryList,
  listableResources,
} from './discovery.js';
import { ifFound } from './kube-error.js';
import { Transport } from './transport.js';

/** The metadata of an object that was listed without its content. */
export interface ListedMetadata {
  name: string;
  namespace?: string;
  uid: string;
  labels?: Record<string, string>;
  finalizers?: string[];
  deletionTimestamp?: string;
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
   * Returns metadata of objects of one kind, as the sweeper.
   * @param enough stops reading pages after that many objects
   * @throws KubeError 403 when the sweeper has no right to list them
   */
  async sweep(
    resource: ApiResource,
    where: { namespace?: string; labelSelector?: string },
    enough: number,
  ): Promise<ListedMetadata[]> {
    return this.list(resource, where, { enough, headers: { 'impersonate-user': SWEEPER } });
  }

  /** Returns metadata of objects of one kind in a namespace, as the worker itself; empty if the namespace is gone. */
  async listIn(namespace: string, resource: ApiResource, enough: number): Promise<ListedMetadata[]> {
    return (await ifFound(this.list(resource, { namespace }, { enough, headers: {} }))) ?? [];
  }

  /**
   * Deletes the objects of one kind in a namespace, one page per call, so that a full namespace never exceeds the time
   * limit of a request. A missing namespace is fine.
   */
  async empty(namespace: string, resource: ApiResource): Promise<void> {
    const body = { apiVersion: 'v1', kind: 'DeleteOptions', propagationPolicy: 'Background' };
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

  private async list(
    resource: ApiResource,
    { namespace, labelSelector }: { namespace?: string; labelSelector?: string },
    { enough, headers }: { enough: number; headers: Record<string, string> },
  ): Promise<ListedMetadata[]> {
    const found: ListedMetadata[] = [];
    let proceed: string | undefined;
    do {
      const query = {
        limit: String(Math.min(PAGE_SIZE, enough)),
        ...(labelSelector === undefined ? {} : { labelSelector }),
        ...(proceed === undefined ? {} : { continue: proceed }),
      };
      const path = collectionPath(resource, namespace);
      const page = (await this.transport.send({
        method: 'GET',
        path,
        query,
        headers: { ...headers, accept: METADATA_ONLY },
      })) as { items?: { metadata: ListedMetadata }[]; metadata?: { continue?: string } };
      found.push(...(page.items ?? []).map(({ metadata }) => metadata));
      proceed = page.metadata?.continue === '' ? undefined : page.metadata?.continue;
    } while (proceed !== undefined && found.length < enough);
    return found;
  }
}
