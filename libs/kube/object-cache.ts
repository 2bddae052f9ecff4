import { fingerprintOf, type LiveMetadata } from './fingerprint.js';
import { type ObjectKey, objectName, type Resource } from './resources.js';
import { type Transport } from './transport.js';
import { watchMetadata } from './watch.js';

/** What is known of an object without asking the API server. */
export interface CachedObject extends ObjectKey {
  uid: string;
  /** Changes with everything but the status; see `fingerprintOf`. */
  fingerprint: string;
  /** Value of the label that the objects are grouped by. */
  group: string;
  /** Whether somebody has asked for its end. */
  ending: boolean;
}

export interface ObjectCacheListener {
  /** An object of this group appeared, changed or vanished. */
  changed: (group: string) => void;
  /** A kind cannot be watched (any more): its objects are not known until it can. */
  lost: (kind: string, error: unknown) => void;
}

/**
 * Knows all objects that carry a label, of some kinds, by watching their metadata: objects of others cost nothing,
 * and an object that loses the label vanishes from here.
 */
export class ObjectCache {
  private readonly groups = new Map<string, Map<string, CachedObject>>();
  private readonly groupOf = new Map<string, string>();
  private readonly unknown: Set<string>;
  private readonly stopped = new AbortController();
  private running: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly transport: Transport,
    private readonly resources: readonly Resource[],
    private readonly label: string,
  ) {
    this.unknown = new Set(resources.map(({ apiVersion, kind }) => `${apiVersion}/${kind}`));
  }

  /** Begins to watch; resolves at once. */
  start(listener: ObjectCacheListener): void {
    this.running = Promise.all(this.resources.map((resource) => this.watch(resource, listener)));
  }

  async stop(): Promise<void> {
    this.stopped.abort();
    await this.running;
  }

  /** Whether all kinds are known and followed. What the cache says of absence is worth nothing before. */
  get complete(): boolean {
    return this.unknown.size === 0;
  }

  /** The objects of a group, by `objectName`. */
  ofGroup(group: string): ReadonlyMap<string, CachedObject> {
    return this.groups.get(group) ?? nothing;
  }

  private async watch(resource: Resource, listener: ObjectCacheListener): Promise<void> {
    const { apiVersion, kind } = resource;
    const handler = {
      listed: (objects: LiveMetadata[]): void => {
        const touched = this.replace(resource, objects);
        this.unknown.delete(`${apiVersion}/${kind}`);
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
      lost: (error: unknown): void => {
        this.unknown.add(`${apiVersion}/${kind}`);
        listener.lost(kind, error);
      },
    };
    await watchMetadata(this.transport, { resource, labelSelector: this.label }, handler, this.stopped.signal);
  }

  /** Takes a whole list for the truth about a kind; returns the groups in which something changed. */
  private replace(resource: Resource, objects: LiveMetadata[]): Set<string> {
    const touched = new Set<string>();
    const standing = new Set(objects.map((metadata) => objectName(keyOf(resource, metadata))));
    for (const [group, members] of this.groups) {
      for (const [name, { apiVersion, kind }] of members) {
        if (apiVersion !== resource.apiVersion || kind !== resource.kind || standing.has(name)) continue;
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

  /** Returns the group when something but the status changed. */
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
      ...{ uid: metadata.uid, fingerprint, group, ending: metadata.deletionTimestamp !== undefined },
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
