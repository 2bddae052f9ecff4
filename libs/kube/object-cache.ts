import { fingerprintOf, type LiveMetadata } from './fingerprint.js';
import { KubeError } from './kube-error.js';
import { type ObjectKey, objectName, type Resource } from './resources.js';
import { kindName, ServedKinds } from './served-kinds.js';
import { type Transport } from './transport.js';
import { watchMetadata } from './watch.js';

/** What is known about an object without asking the API server. */
export interface CachedObject extends ObjectKey {
  uid: string;
  /** Changes with everything but the status; see `fingerprintOf`. */
  fingerprint: string;
  /** The value of the label by which the objects are grouped. */
  group: string;
  /** True if its deletion was requested. */
  ending: boolean;
}

export interface ObjectCacheListener {
  /** An object of this group appeared, changed or vanished. */
  changed: (group: string) => void;
  /** A kind cannot be watched (any more): its objects are unknown until it can. */
  lost: (kind: string, error: unknown) => void;
  /** An optional kind appeared or vanished after the cache was started. */
  kindsChanged: () => void;
}

/** The watch of a kind that can vanish again. */
interface Following {
  end: AbortController;
  ended: Promise<void>;
}

/**
 * Caches all objects of some kinds that have a label, by watching their metadata: other objects cost nothing, and an
 * object that loses the label leaves the cache. Optional kinds are watched while they are served; a kind that is not
 * served is known to have no objects.
 */
export class ObjectCache {
  private readonly groups = new Map<string, Map<string, CachedObject>>();
  private readonly groupOf = new Map<string, string>();
  /** The resource versions up to which the kinds are known, by `apiVersion/Kind`. */
  private readonly reached = new Map<string, string>();
  private readonly unknown: Set<string>;
  private readonly stopped = new AbortController();
  private running: Promise<unknown> = Promise.resolve();
  /** By `apiVersion/Kind`. */
  private readonly installed: ReadonlyMap<string, Resource>;
  private readonly served: ServedKinds;
  private readonly following = new Map<Resource, Following>();

  constructor(
    private readonly transport: Transport,
    private readonly resources: readonly Resource[],
    private readonly label: string,
  ) {
    this.unknown = new Set(resources.map(kindName));
    this.installed = new Map(
      resources.filter(({ isInstalled }) => isInstalled === true).map((resource) => [kindName(resource), resource]),
    );
    this.served = new ServedKinds(transport, [...this.installed.values()]);
  }

  /** Starts to watch; returns at once. */
  start(listener: ObjectCacheListener): void {
    const always = this.resources.filter(({ isInstalled }) => isInstalled !== true);
    this.running = Promise.all([
      ...always.map((resource) => this.watch(resource, listener, this.stopped.signal)),
      this.followInstalled(listener),
    ]);
  }

  async stop(): Promise<void> {
    this.stopped.abort();
    await this.running;
  }

  /** True once all kinds are known and watched. Before that, absence from the cache means nothing. */
  get complete(): boolean {
    return this.unknown.size === 0;
  }

  /** Reports whether the cluster serves the kind, as far as is known: true for a kind that was not checked yet. */
  isServed(resource: Pick<Resource, 'apiVersion' | 'kind'>): boolean {
    return !this.installed.has(kindName(resource)) || this.served.has(resource);
  }

  /**
   * Reports whether the cache, if it watches the kind, has reached a resource version.
   * @param version the `resourceVersion` of an object; they increase across the objects of a kind (KEP-5504)
   */
  hasReached(resource: Pick<Resource, 'apiVersion' | 'kind'>, version: string): boolean {
    const reached = this.reached.get(kindName(resource));
    if (reached === undefined) return true;
    return reached.length === version.length ? reached >= version : reached.length > version.length;
  }

  /** Returns the objects of a group, by `objectName`. */
  ofGroup(group: string): ReadonlyMap<string, CachedObject> {
    return this.groups.get(group) ?? nothing;
  }

  /** Starts to watch kinds that appear, and forgets those that vanish. */
  private async followInstalled(listener: ObjectCacheListener): Promise<void> {
    let isFirst = true;
    await this.served.follow(async (served) => {
      for (const [name, resource] of this.installed) {
        const following = this.following.get(resource);
        if (served.has(name)) {
          if (following === undefined) this.follow(resource, listener);
        } else {
          following?.end.abort();
          await following?.ended;
          this.following.delete(resource);
          for (const group of this.replace(resource, [])) listener.changed(group);
          this.unknown.delete(name);
        }
      }
      if (!isFirst) listener.kindsChanged();
      isFirst = false;
    }, this.stopped.signal);
    await Promise.all([...this.following.values()].map(({ ended }) => ended));
  }

  private follow(resource: Resource, listener: ObjectCacheListener): void {
    this.unknown.add(kindName(resource));
    const end = new AbortController();
    const ended = this.watch(resource, listener, AbortSignal.any([this.stopped.signal, end.signal]));
    this.following.set(resource, { end, ended });
  }

  private async watch(resource: Resource, listener: ObjectCacheListener, signal: AbortSignal): Promise<void> {
    const { kind } = resource;
    const handler = {
      listed: (objects: LiveMetadata[]): void => {
        const touched = this.replace(resource, objects);
        this.unknown.delete(kindName(resource));
        for (const group of touched) listener.changed(group);
      },
      changed: (metadata: LiveMetadata): void => {
        const group = this.put(resource, metadata);
        if (group !== null) listener.changed(group);
      },
      gone: (metadata: LiveMetadata): void => {
        const group = this.remove(objectName(keyOf(resource, metadata)));
        if (group !== null) listener.changed(group);
      },
      reached: (version: string): void => {
        this.reached.set(kindName(resource), version);
      },
      lost: (error: unknown): void => {
        this.unknown.add(kindName(resource));
        if (resource.isInstalled === true && error instanceof KubeError && error.httpStatus === 404) {
          this.served.lookNow();
        } else listener.lost(kind, error);
      },
    };
    await watchMetadata(this.transport, { resource, labelSelector: this.label }, handler, signal);
  }

  /** Replaces all objects of a kind; returns the groups that changed. */
  private replace(resource: Resource, objects: LiveMetadata[]): Set<string> {
    const touched = new Set<string>();
    const listed = new Set(objects.map((metadata) => objectName(keyOf(resource, metadata))));
    for (const [group, members] of this.groups) {
      for (const [name, { apiVersion, kind }] of members) {
        if (apiVersion !== resource.apiVersion || kind !== resource.kind || listed.has(name)) continue;
        this.remove(name);
        touched.add(group);
      }
    }
    for (const metadata of objects) {
      const group = this.put(resource, metadata);
      if (group !== null) touched.add(group);
    }
    return touched;
  }

  /** Returns the group if anything but the status changed. */
  private put(resource: Resource, metadata: LiveMetadata): string | null {
    const key = keyOf(resource, metadata);
    const name = objectName(key);
    const group = metadata.labels?.[this.label] ?? '';
    const before = this.groupOf.get(name);
    if (before !== undefined && before !== group) this.remove(name);
    const fingerprint = fingerprintOf(resource.kind, metadata);
    const members = this.groups.get(group) ?? new Map<string, CachedObject>();
    const known = members.get(name);
    if (known?.fingerprint === fingerprint && known.uid === metadata.uid) return null;
    members.set(name, {
      ...key,
      uid: metadata.uid,
      fingerprint,
      group,
      ending: metadata.deletionTimestamp !== undefined,
    });
    this.groups.set(group, members);
    this.groupOf.set(name, group);
    return group;
  }

  private remove(name: string): string | null {
    const group = this.groupOf.get(name);
    if (group === undefined) return null;
    this.groupOf.delete(name);
    const members = this.groups.get(group);
    members?.delete(name);
    if (members?.size === 0) this.groups.delete(group);
    return group;
  }
}

const nothing: ReadonlyMap<string, CachedObject> = new Map();

function keyOf({ apiVersion, kind }: Resource, { namespace = '', name }: LiveMetadata): ObjectKey {
  return { apiVersion, kind, namespace, name };
}
