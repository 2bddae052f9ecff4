import { type LiveMetadata } from './fingerprint.js';
import { KubeError } from './kube-error.js';
import { type CachedObject, keyOf, ObjectStore } from './object-store.js';
import { isAtLeast, OwnWrites } from './own-writes.js';
import { objectName, type Resource } from './resources.js';
import { kindName, ServedKinds } from './served-kinds.js';
import { type Transport } from './transport.js';
import { Turns } from './turns.js';
import { isForbidden, watchMetadata, type WatchHandler } from './watch.js';

/**
 * How much a cache knows about the objects of a kind.
 *
 * - `unknown`: not listed yet, or the watch was lost.
 * - `watched`: all of them; changes are reported as they happen.
 * - `listed`: the worker must not watch the kind, so it is only listed about once a minute.
 * - `forbidden`: nothing, because the worker must not even list the kind.
 */
export type Knowledge = 'unknown' | 'watched' | 'listed' | 'forbidden';

export interface ObjectCacheListener {
  /** An object of this group appeared, changed or vanished. Not called before the cache is `complete`. */
  changed: (group: string) => void;
  /** A kind cannot be watched (any more). Called again after each attempt that failed. */
  lost: (kind: string, error: unknown, knowledge: Knowledge) => void;
  /** A kind is watched (again). */
  watched: (kind: string) => void;
  /** An optional kind appeared or vanished after the cache was started. */
  kindsChanged: () => void;
}

/** The watch of a kind that can vanish again. */
interface Following {
  end: AbortController;
  ended: Promise<void>;
}

/** Kinds that are listed at a time: each page of each list is in memory while it is read. */
const LISTS_AT_A_TIME = 2;

/**
 * Caches all objects of some kinds that have a label, by watching their metadata: other objects cost nothing, and an
 * object that loses the label leaves the cache. Optional kinds are watched while they are served; a kind that is not
 * served is known to have no objects.
 */
export class ObjectCache {
  private readonly store: ObjectStore;
  /** The resource versions up to which the kinds are known, by `apiVersion/Kind`. */
  private readonly reached = new Map<string, string>();
  /** By `apiVersion/Kind`. */
  private readonly knowledge: Map<string, Knowledge>;
  /** By `apiVersion/Kind`. */
  private readonly own: ReadonlyMap<string, OwnWrites>;
  /** Groups that changed before the cache was complete for the first time; null afterwards. */
  private early: Set<string> | null = new Set();
  private readonly stopped = new AbortController();
  private running: Promise<unknown> = Promise.resolve();
  /** By `apiVersion/Kind`. */
  private readonly installed: ReadonlyMap<string, Resource>;
  private readonly served: ServedKinds;
  private readonly following = new Map<Resource, Following>();
  private readonly lists = new Turns(LISTS_AT_A_TIME);

  constructor(
    private readonly transport: Transport,
    private readonly resources: readonly Resource[],
    private readonly label: string,
  ) {
    this.store = new ObjectStore(label);
    this.knowledge = new Map(resources.map((resource) => [kindName(resource), 'unknown']));
    this.own = new Map(resources.map((resource) => [kindName(resource), new OwnWrites()]));
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

  /**
   * True once every kind was listed, as far as the worker is allowed to. Before that, absence from the cache means
   * nothing. One kind that must not be watched does not make the cache incomplete: its objects are as old as its last
   * list.
   */
  get complete(): boolean {
    return [...this.knowledge.values()].every((knowledge) => knowledge !== 'unknown');
  }

  /**
   * Reports whether the cache knows the objects of a kind as they are now. A kind that is not served is known to have
   * none.
   */
  isWatched(resource: Pick<Resource, 'apiVersion' | 'kind'>): boolean {
    return this.knowledge.get(kindName(resource)) === 'watched';
  }

  /** The kinds that are not watched, as `apiVersion/Kind`. */
  get unwatched(): ReadonlyMap<string, Knowledge> {
    return new Map([...this.knowledge].filter(([, knowledge]) => knowledge !== 'watched'));
  }

  /** Reports whether the cluster serves the kind, as far as is known: true for a kind that was not checked yet. */
  isServed(resource: Pick<Resource, 'apiVersion' | 'kind'>): boolean {
    return !this.installed.has(kindName(resource)) || this.served.has(resource);
  }

  /**
   * Reports whether the cache, if it watches the kind, has reached a resource version; true for any other kind.
   * @param version the `resourceVersion` of an object; they increase across the objects of a kind (KEP-5504)
   */
  hasReached(resource: Pick<Resource, 'apiVersion' | 'kind'>, version: string): boolean {
    const reached = this.reached.get(kindName(resource));
    return reached === undefined || !this.isWatched(resource) || isAtLeast(reached, version);
  }

  /**
   * Takes note of an object as this process has just written it. Its event, which arrives later, is then no change: no
   * listener is called for it. Does nothing if the kind is not watched, or if the watch was faster.
   * @param metadata as the API server answered the write
   * @param fingerprint of this metadata
   */
  wrote(kind: Pick<Resource, 'apiVersion' | 'kind'>, metadata: LiveMetadata, fingerprint: string): void {
    const own = this.own.get(kindName(kind));
    if (own === undefined || !this.isWatched(kind) || this.hasReached(kind, metadata.resourceVersion)) return;
    const name = objectName(keyOf(kind, metadata));
    if (own.isNewer(name, metadata.resourceVersion)) return;
    own.add(name, metadata.resourceVersion);
    this.store.putKnown(kind, metadata, fingerprint);
  }

  /** Returns the objects of a group, by `objectName`. */
  ofGroup(group: string): ReadonlyMap<string, CachedObject> {
    return this.store.ofGroup(group);
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
          this.reached.delete(name);
          this.report(this.store.keepOnly(resource, nothing), listener);
          this.note(resource, 'watched', listener);
        }
      }
      if (!isFirst) listener.kindsChanged();
      isFirst = false;
    }, this.stopped.signal);
    await Promise.all([...this.following.values()].map(({ ended }) => ended));
  }

  private follow(resource: Resource, listener: ObjectCacheListener): void {
    this.knowledge.set(kindName(resource), 'unknown');
    const end = new AbortController();
    const ended = this.watch(resource, listener, AbortSignal.any([this.stopped.signal, end.signal]));
    this.following.set(resource, { end, ended });
  }

  private async watch(resource: Resource, listener: ObjectCacheListener, signal: AbortSignal): Promise<void> {
    const target = { resource, labelSelector: this.label, lists: this.lists };
    await watchMetadata(this.transport, target, this.handlerOf(resource, listener), signal);
  }

  private handlerOf(resource: Resource, listener: ObjectCacheListener): WatchHandler {
    const name = kindName(resource);
    const own = this.own.get(name) ?? new OwnWrites();
    const seen = new Set<string>();
    const put = (metadata: LiveMetadata): Iterable<string> => {
      const group = this.store.put(resource, metadata);
      return group === null ? [] : [group];
    };
    let touched = new Set<string>();
    return {
      listing: () => {
        seen.clear();
      },
      page: (objects) => {
        for (const metadata of objects) {
          seen.add(objectName(keyOf(resource, metadata)));
          for (const group of put(metadata)) touched.add(group);
        }
      },
      listed: () => {
        for (const group of this.store.keepOnly(resource, seen)) touched.add(group);
        seen.clear();
        // The list may be older than they are, so that their events count.
        own.clear();
        // Where a watch was refused, a new one has to be accepted first.
        if (this.knowledge.get(name) !== 'listed') this.note(resource, 'watched', listener);
        this.report(touched, listener);
        touched = new Set();
      },
      opened: () => {
        this.note(resource, 'watched', listener);
      },
      isKnown: (version) => own.has(version),
      changed: (metadata) => {
        if (!own.isNewer(objectName(keyOf(resource, metadata)), metadata.resourceVersion)) {
          this.report(put(metadata), listener);
        }
      },
      gone: (metadata) => {
        const object = objectName(keyOf(resource, metadata));
        if (own.isNewer(object, metadata.resourceVersion)) return;
        const group = this.store.remove(resource, object);
        if (group !== null) this.report([group], listener);
      },
      reached: (version) => {
        this.reached.set(name, version);
        own.reached(version);
      },
      lost: (error, during) => {
        this.lose(resource, { error, during }, listener);
      },
    };
  }

  private lose(
    resource: Resource,
    { error, during }: { error: unknown; during: 'list' | 'watch' },
    listener: ObjectCacheListener,
  ): void {
    const isGone = error instanceof KubeError && error.httpStatus === 404 && resource.isInstalled === true;
    if (isGone) this.served.lookNow();
    if (!isForbidden(error)) this.note(resource, 'unknown', listener);
    else if (during === 'watch') this.note(resource, 'listed', listener);
    else {
      // What an earlier list showed can be long gone.
      this.store.keepOnly(resource, nothing);
      this.note(resource, 'forbidden', listener);
    }
    if (!isGone) listener.lost(resource.kind, error, this.knowledge.get(kindName(resource)) ?? 'unknown');
  }

  private note(resource: Resource, knowledge: Knowledge, listener: ObjectCacheListener): void {
    const name = kindName(resource);
    if (knowledge === 'watched' && this.knowledge.get(name) !== 'watched') listener.watched(resource.kind);
    this.knowledge.set(name, knowledge);
    if (this.early === null || !this.complete) return;
    const groups = this.early;
    this.early = null;
    this.report(groups, listener);
  }

  private report(groups: Iterable<string>, listener: ObjectCacheListener): void {
    for (const group of groups) {
      if (this.early === null) listener.changed(group);
      else this.early.add(group);
    }
  }
}

const nothing: ReadonlySet<string> = new Set();
