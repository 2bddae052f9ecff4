import { type KubernetesObject } from '#isolation';

import { type Credentials } from './credentials.js';
import { type LiveMetadata } from './fingerprint.js';
import { identityFor } from './impersonation.js';
import { ifFound, KubeError } from './kube-error.js';
import { ObjectCache } from './object-cache.js';
import { type ObjectKey, pathOf, type Resource, resourceOf } from './resources.js';
import { type RequestLimits, Transport } from './transport.js';
import { METADATA_OF_LIST, type MetadataList } from './watch.js';

/** An object in the cluster. */
export interface LiveObject extends KubernetesObject {
  metadata: LiveMetadata;
}

/** The owner of every field that Bulkhead writes (server-side apply, KEP-555). */
export const FIELD_MANAGER = 'bulkhead';

/** Objects on a page of what Bulkhead wrote. */
const LIST_PAGE_SIZE = 500;
/** The same of what tenants wrote: etcd takes objects of 1.5 MiB, and Node could not hold 500 of them in one text. */
const WRITTEN_BY_TENANTS = 10;

interface ListOptions {
  labelSelector?: string;
  headers?: Record<string, string>;
  limit?: number;
}

/** Reads and writes objects of one Kubernetes API server. */
export class KubeClient {
  /**
   * @param onUnreachable called whenever a request, watches included, gets no answer
   * @param transport a view of another client's connections; its own by default
   */
  constructor(
    private readonly credentials: Credentials,
    private readonly onUnreachable?: () => void,
    private readonly transport = new Transport(credentials, onUnreachable),
  ) {}

  /** A client over the same connections, whose requests end with their caller's work. */
  within(limits: RequestLimits): KubeClient {
    return new KubeClient(this.credentials, this.onUnreachable, this.transport.within(limits));
  }

  /** Pauses before a request is repeated. @throws as soon as the client's limits are reached */
  pause(ms: number): Promise<void> {
    return this.transport.pause(ms);
  }

  /**
   * Sets the object's fields, creating it if absent, and takes the fields over from any other manager. Fields that an
   * earlier apply set and this one omits are removed.
   */
  async apply(object: KubernetesObject): Promise<LiveObject> {
    const answer = await this.transport.send({
      method: 'PATCH',
      path: pathOf({ ...object, ...object.metadata }),
      headers: identityFor({ ...object, ...object.metadata }),
      query: { fieldManager: FIELD_MANAGER, force: 'true' },
      contentType: 'application/apply-patch+yaml',
      body: object,
    });
    return answer as LiveObject;
  }

  /**
   * Sets fields of an object that Bulkhead does not render, under another field manager than `FIELD_MANAGER`; fields
   * that the manager set before and that are omitted now are removed.
   * @param object including the expected `metadata.resourceVersion`: the API server refuses with 409 if the object has
   *   changed since, or if another manager has set one of the fields to another value
   */
  async applyFields(
    object: KubernetesObject & { metadata: { resourceVersion: string } },
    fieldManager: string,
  ): Promise<void> {
    await this.transport.send({
      method: 'PATCH',
      path: pathOf({ ...object, ...object.metadata }),
      headers: identityFor({ ...object, ...object.metadata }),
      query: { fieldManager },
      contentType: 'application/apply-patch+yaml',
      body: object,
    });
  }

  /**
   * Returns the object as it would be after `apply`: the API server computes it, including admission, and stores
   * nothing.
   */
  async tryApply(object: KubernetesObject): Promise<LiveObject> {
    const answer = await this.transport.send({
      method: 'PATCH',
      path: pathOf({ ...object, ...object.metadata }),
      query: { fieldManager: FIELD_MANAGER, force: 'true', dryRun: 'All' },
      contentType: 'application/apply-patch+yaml',
      body: object,
    });
    return answer as LiveObject;
  }

  /**
   * Creates the object, at half the cost of an apply for the API server; null if one of that name exists. The fields
   * belong to `FIELD_MANAGER`, but as those of an update: a later apply that omits one does not remove it.
   */
  async create(object: KubernetesObject): Promise<LiveObject | null> {
    const { apiVersion, kind, metadata } = object;
    const collection = { apiVersion, kind, ...(metadata.namespace !== undefined && { namespace: metadata.namespace }) };
    try {
      const answer = await this.transport.send({
        method: 'POST',
        path: pathOf(collection),
        headers: identityFor(collection),
        query: { fieldManager: FIELD_MANAGER },
        body: object,
      });
      return answer as LiveObject;
    } catch (error) {
      if (error instanceof KubeError && error.reason === 'AlreadyExists') return null;
      throw error;
    }
  }

  /**
   * Sets fields of an object, at three quarters of the cost of an apply for the API server, and takes those that change
   * over from any other manager; null if the object does not exist. What the change omits stays.
   * @param change a merge patch (RFC 7396)
   */
  async change(key: ObjectKey, change: object): Promise<LiveObject | null> {
    return ifFound(this.removeFields(key, change));
  }

  /**
   * Tries to create an object in somebody else's name; nothing is stored.
   * @returns the refusal of admission or authorization; null: it would be created
   * @throws KubeError for any other answer, KubeUnreachable
   */
  async refusalOf(object: KubernetesObject, user: string): Promise<string | null> {
    const { apiVersion, kind, metadata } = object;
    const collection = { apiVersion, kind, ...(metadata.namespace !== undefined && { namespace: metadata.namespace }) };
    const headers = { 'impersonate-user': user };
    try {
      await this.transport.send({
        method: 'POST',
        path: pathOf(collection),
        headers,
        query: { dryRun: 'All' },
        body: object,
      });
      return null;
    } catch (error) {
      if (error instanceof KubeError && error.httpStatus === 403) return error.message;
      // Admission comes first: only the name is taken.
      if (error instanceof KubeError && error.reason === 'AlreadyExists') return null;
      throw error;
    }
  }

  /** Returns a cache, not yet started, of all objects of these kinds that have the label, grouped by its value. */
  cache(resources: readonly Resource[], label: string): ObjectCache {
    return new ObjectCache(this.transport, resources, label);
  }

  /**
   * Removes fields of an object, whoever owns them.
   * @param removal a merge patch (RFC 7396) whose leaves are null
   */
  async removeFields(key: ObjectKey, removal: object): Promise<LiveObject> {
    const answer = await this.transport.send({
      method: 'PATCH',
      path: pathOf(key),
      headers: identityFor(key),
      query: { fieldManager: FIELD_MANAGER },
      contentType: 'application/merge-patch+json',
      body: removal,
    });
    return answer as LiveObject;
  }

  /** Returns the object; null if it does not exist. */
  async get(key: ObjectKey): Promise<LiveObject | null> {
    const request = { method: 'GET', path: pathOf(key), headers: identityFor(key) } as const;
    return ifFound(this.transport.send(request) as Promise<LiveObject>);
  }

  /**
   * Returns all objects of a kind in a namespace (in all if it is empty) that have the labels; empty if the cluster
   * does not have the kind. For objects of Bulkhead, or few: tenants could fill the memory.
   */
  async list(
    kind: Pick<ObjectKey, 'apiVersion' | 'kind' | 'namespace'>,
    labelSelector: string,
    headers = identityFor(kind),
  ): Promise<LiveObject[]> {
    const items: LiveObject[] = [];
    try {
      for await (const page of this.pages(kind, { labelSelector, headers, limit: LIST_PAGE_SIZE })) items.push(...page);
    } catch (error) {
      const isAbsent = error instanceof KubeError && error.httpStatus === 404 && resourceOf(kind).isInstalled === true;
      if (!isAbsent) throw error;
    }
    return items;
  }

  /** Like `list`, but page by page, for more or larger objects than should be in memory at once; as the worker itself. */
  async *pages(
    kind: Pick<ObjectKey, 'apiVersion' | 'kind'> & Partial<ObjectKey>,
    { labelSelector = '', headers = {}, limit = WRITTEN_BY_TENANTS }: ListOptions = {},
  ): AsyncGenerator<LiveObject[]> {
    let proceed: string | undefined;
    do {
      const query = { labelSelector, limit: String(limit), ...(proceed === undefined ? {} : { continue: proceed }) };
      const page = (await this.transport.send({ method: 'GET', path: pathOf(kind), query, headers })) as ListAnswer;
      // Items of a list have no apiVersion and kind.
      yield page.items.map((item) => ({ ...item, apiVersion: kind.apiVersion, kind: kind.kind }));
      proceed = page.metadata.continue === '' ? undefined : page.metadata.continue;
    } while (proceed !== undefined);
  }

  /**
   * Deletes the object with this uid, and leaves another object of the same name alone. An absent object is fine.
   * @param graceSeconds how long a pod may take to end; absent: as long as it says itself
   * @param headers of the identity; the deployer of the namespace for kinds of workloads, unless given
   */
  async delete(key: ObjectKey, uid: string, graceSeconds?: number, headers = identityFor(key)): Promise<void> {
    const body = {
      apiVersion: 'v1',
      kind: 'DeleteOptions',
      preconditions: { uid },
      propagationPolicy: 'Background',
      ...(graceSeconds !== undefined && { gracePeriodSeconds: graceSeconds }),
    };
    await ifFound(this.transport.send({ method: 'DELETE', path: pathOf(key), body, headers }));
  }

  /**
   * Returns the answer of a path other than an object of a managed kind, e.g. `/version`; null if it does not exist.
   */
  async read(path: string, query: Record<string, string> = {}): Promise<unknown> {
    return ifFound(this.transport.send({ method: 'GET', path, query }));
  }

  /**
   * The version of the API server, as `/version` returns it: its first sign of life.
   * @throws KubeError; KubeUnreachable when it takes longer than `timeoutMs`
   */
  async version(timeoutMs: number): Promise<{ major: string; minor: string }> {
    const answer = await this.transport.send({ method: 'GET', path: '/version', timeoutMs });
    return answer as { major: string; minor: string };
  }

  /**
   * Returns the age of a cluster-scoped object in ms, by the API server's clock only; null if it does not exist. Reads
   * only metadata through a list, which a worker with only list and watch rights can do too.
   */
  async ageOf({ apiVersion, kind, name }: Omit<ObjectKey, 'namespace'>): Promise<number | null> {
    const { body, date } = await this.transport.sendDated({
      method: 'GET',
      path: pathOf({ apiVersion, kind }),
      query: { fieldSelector: `metadata.name=${name}` },
      headers: { accept: METADATA_OF_LIST },
    });
    const created = (body as MetadataList).items?.[0]?.metadata.creationTimestamp;
    return created === undefined || date === null ? null : date.getTime() - Date.parse(created);
  }

  /** Aborts all requests in flight, as if the connection were lost. */
  async cutOff(): Promise<void> {
    await this.transport.destroy();
  }

  /** Closes the connections once the requests under way have ended. */
  async close(): Promise<void> {
    await this.transport.close();
  }

  /**
   * Changes fields of an object as the worker itself, never as a deployer.
   * @param change a merge patch (RFC 7396). With a `metadata.resourceVersion`, the API server refuses it with 409 if
   *   the object has changed since.
   */
  async patch(key: ObjectKey, change: object): Promise<LiveObject> {
    const answer = await this.transport.send({
      method: 'PATCH',
      path: pathOf(key),
      query: { fieldManager: FIELD_MANAGER },
      contentType: 'application/merge-patch+json',
      body: change,
    });
    return answer as LiveObject;
  }
}

interface ListAnswer {
  items: LiveObject[];
  metadata: { continue?: string };
}
