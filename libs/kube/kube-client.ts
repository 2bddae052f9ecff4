import { type KubernetesObject } from '#isolation';
import { Injectable, type OnApplicationShutdown } from '@nestjs/common';

import { type Credentials } from './credentials.js';
import { type LiveMetadata } from './fingerprint.js';
import { identityFor } from './impersonation.js';
import { ifFound, KubeError } from './kube-error.js';
import { ObjectCache } from './object-cache.js';
import { type ObjectKey, pathOf, type Resource, resourceOf } from './resources.js';
import { Transport } from './transport.js';
import { METADATA_OF_LIST, type MetadataList } from './watch.js';

/** An object as it stands in the cluster. */
export interface LiveObject extends KubernetesObject {
  metadata: LiveMetadata;
}

/** Owner of every field that Bulkhead writes (server-side apply, KEP-555). */
export const FIELD_MANAGER = 'bulkhead';

const LIST_PAGE_SIZE = '500';

/** What Bulkhead does with one Kubernetes API server. */
@Injectable()
export class KubeClient implements OnApplicationShutdown {
  private readonly transport: Transport;

  constructor(credentials: Credentials) {
    this.transport = new Transport(credentials);
  }

  /**
   * Makes the object's fields as given, creating it when absent, and takes the fields over from whoever
   * else set them. Fields that an earlier apply set and this one leaves out are removed.
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
   * Sets fields of an object that Bulkhead does not render, for another manager of fields than `FIELD_MANAGER`; those
   * that the manager set before and that are left out now are removed.
   * @param object with the `metadata.resourceVersion` of the object that is meant: it is refused with 409 when that has
   *   changed since, or somebody else has set one of the fields to something else
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

  /** What the object would be after `apply`: the API server works it out, admission included, and stores nothing. */
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
   * Makes the object, at half of what an apply costs the API server; null when one of that name exists.
   * The fields belong to `FIELD_MANAGER`, but as those of an update: a later apply that leaves one out does not
   * remove it.
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

  /** A cache of all objects of these kinds that carry the label, grouped by its value; not yet started. */
  cache(resources: readonly Resource[], label: string): ObjectCache {
    return new ObjectCache(this.transport, resources, label);
  }

  /**
   * Removes members of an object, whoever owns them.
   * @param removal a merge patch (RFC 7396) whose leaves are null.
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

  /** The object; null when it does not exist. */
  async get(key: ObjectKey): Promise<LiveObject | null> {
    const request = { method: 'GET', path: pathOf(key), headers: identityFor(key) } as const;
    return ifFound(this.transport.send(request) as Promise<LiveObject>);
  }

  /**
   * All objects of a kind in a namespace (everywhere when it is empty) that carry the labels; none of a kind that the
   * cluster does not have.
   */
  async list(
    kind: Pick<ObjectKey, 'apiVersion' | 'kind' | 'namespace'>,
    labelSelector: string,
    headers = identityFor(kind),
  ): Promise<LiveObject[]> {
    const items: LiveObject[] = [];
    try {
      for await (const page of this.pages(kind, { labelSelector, headers })) items.push(...page);
    } catch (error) {
      const isAbsent = error instanceof KubeError && error.httpStatus === 404 && resourceOf(kind).isInstalled === true;
      if (!isAbsent) throw error;
    }
    return items;
  }

  /** As `list`, a page at a time, for more than should be in memory at once; in the worker's own name. */
  async *pages(
    kind: Pick<ObjectKey, 'apiVersion' | 'kind'> & Partial<ObjectKey>,
    { labelSelector = '', headers = {} }: { labelSelector?: string; headers?: Record<string, string> } = {},
  ): AsyncGenerator<LiveObject[]> {
    let proceed: string | undefined;
    do {
      const query = { labelSelector, limit: LIST_PAGE_SIZE, ...(proceed === undefined ? {} : { continue: proceed }) };
      const page = (await this.transport.send({ method: 'GET', path: pathOf(kind), query, headers })) as ListAnswer;
      // Items of a list do not say what they are.
      yield page.items.map((item) => ({ ...item, apiVersion: kind.apiVersion, kind: kind.kind }));
      proceed = page.metadata.continue === '' ? undefined : page.metadata.continue;
    } while (proceed !== undefined);
  }

  /**
   * Asks for the end of the object with this uid; another object of the same name is left alone.
   * Already gone is fine.
   */
  async delete(key: ObjectKey, uid: string): Promise<void> {
    const body = { apiVersion: 'v1', kind: 'DeleteOptions', preconditions: { uid }, propagationPolicy: 'Background' };
    const headers = identityFor(key);
    await ifFound(this.transport.send({ method: 'DELETE', path: pathOf(key), body, headers }));
  }

  /** The answer of a path that is not an object of a managed kind, e.g. `/version`; null when it does not exist. */
  async read(path: string, query: Record<string, string> = {}): Promise<unknown> {
    return ifFound(this.transport.send({ method: 'GET', path, query }));
  }

  /**
   * How long, in ms, an object of no namespace has been there, by the API server's clock alone; null when it is not there. Only
   * metadata is read, by a list, which a worker that may only list and watch may do too.
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

  /** Ends all requests that are under way, as if the connection were lost. */
  async cutOff(): Promise<void> {
    await this.transport.destroy();
  }

  async onApplicationShutdown(): Promise<void> {
    await this.transport.close();
  }

  /**
   * Changes members of an object as Bulkhead itself, never in the name of a deployer.
   * @param change a merge patch (RFC 7396). With a `metadata.resourceVersion` in it, it is refused with 409 when the
   *   object has changed since.
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
