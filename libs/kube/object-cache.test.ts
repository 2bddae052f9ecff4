import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';

import { type LiveMetadata } from './fingerprint.js';
import { KubeError } from './kube-error.js';
import { ObjectCache } from './object-cache.js';
import { type Resource } from './resources.js';
import { type Transport } from './transport.js';

const core = { apiVersion: 'v1', namespaced: true, part: 'tenant' } as const;
const configMaps: Resource = { ...core, kind: 'ConfigMap', plural: 'configmaps' };
const services: Resource = { ...core, kind: 'Service', plural: 'services' };
const quotas: Resource = { ...core, kind: 'ResourceQuota', plural: 'resourcequotas' };

type Lines = Parameters<Transport['lines']>[1];
type Metadata = Pick<LiveMetadata, 'name' | 'resourceVersion'>;

/** The objects of one kind, as an API server lists and watches them, in pages of two. */
class Source {
  objects: Metadata[] = [];
  version = '95';
  lists = 0;
  watches = 0;
  refusal: { list?: number; watch?: number } = {};
  ready: Promise<unknown> = Promise.resolve();
  private readonly readers = new Set<{ reader: Lines; end: (error?: Error) => void }>();

  emit(type: string, name: string, resourceVersion: string): void {
    const line = JSON.stringify({ type, object: { metadata: full({ name, resourceVersion }) } });
    for (const { reader } of this.readers) reader.onLine(line);
  }

  /** Ends all watches, with an error or without. */
  end(error?: Error): void {
    for (const { end } of this.readers) end(error);
  }

  async list(query: Record<string, string>): Promise<unknown> {
    this.lists += 1;
    await this.ready;
    if (this.refusal.list !== undefined) throw new KubeError(this.refusal.list, null);
    const from = Number(query['continue'] ?? '0');
    const page = this.objects.slice(from, from + 2);
    const isLast = from + 2 >= this.objects.length;
    return {
      items: page.length === 0 ? null : page.map((metadata) => ({ metadata: full(metadata) })),
      metadata: { resourceVersion: this.version, ...(isLast ? {} : { continue: String(from + 2) }) },
    };
  }

  async watch(reader: Lines): Promise<void> {
    this.watches += 1;
    if (this.refusal.watch !== undefined) throw new KubeError(this.refusal.watch, null);
    reader.onOpen();
    await new Promise<void>((resolve, reject) => {
      const entry = {
        reader,
        end: (error?: Error): void => {
          this.readers.delete(entry);
          if (error === undefined) resolve();
          else reject(error);
        },
      };
      this.readers.add(entry);
      reader.signal.addEventListener('abort', () => {
        entry.end();
      });
    });
  }
}

/** In the order in which an API server writes it. */
function full({ name, resourceVersion }: Metadata): LiveMetadata {
  return { name, namespace: 'ns', uid: `uid-${name}`, resourceVersion, labels: { group: `of-${name}` } };
}

const listener = { changed: vi.fn<(group: string) => void>(), lost: vi.fn(), watched: vi.fn(), kindsChanged: vi.fn() };
let cache: ObjectCache;
let sources: Map<string, Source>;

function start(resources: Resource[], prepare: (of: (resource: Resource) => Source) => void = () => undefined): void {
  sources = new Map(resources.map(({ plural }) => [plural, new Source()]));
  prepare(sourceOf);
  const at = (path: string): Source => sourceOf({ plural: path.split('/').at(-1) ?? '' });
  const transport = {
    send: ({ path, query }: { path: string; query: Record<string, string> }) => at(path).list(query),
    lines: ({ path }: { path: string }, reader: Lines) => at(path).watch(reader),
  };
  cache = new ObjectCache(transport as unknown as Transport, resources, 'group');
  cache.start(listener);
}

function sourceOf({ plural }: Pick<Resource, 'plural'>): Source {
  const source = sources.get(plural);
  if (source === undefined) throw new Error(`no source of ${plural}`);
  return source;
}

const soon = (): Promise<unknown> => vi.advanceTimersByTimeAsync(0);
const namesOf = (group: string): string[] => [...cache.ofGroup(group).values()].map(({ name }) => name);

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval'] });
  vi.clearAllMocks();
});
afterEach(async () => {
  await cache.stop();
  vi.useRealTimers();
});

test('tracks the progress of its watches by lists, events and bookmarks', async () => {
  start([configMaps]);
  await vi.waitFor(() => {
    expect(cache.complete).toBe(true);
  });
  const source = sourceOf(configMaps);
  const reached = ['9', '95', '96', '100'].filter((version) => cache.hasReached(configMaps, version));
  expect(reached).toEqual(['9', '95']);
  source.emit('ADDED', 'one', '99');
  // A reached version includes all events up to it.
  expect(cache.hasReached(configMaps, '99')).toBe(true);
  expect(listener.changed).toHaveBeenCalledWith('of-one');
  expect(cache.ofGroup('of-one').size).toBe(1);
  expect(cache.hasReached(configMaps, '100')).toBe(false);
  source.emit('BOOKMARK', 'one', '104');
  expect(cache.hasReached(configMaps, '104')).toBe(true);
  expect(listener.changed).toHaveBeenCalledTimes(1);
  // It does not watch this kind, so there is nothing to wait for.
  expect(cache.hasReached(services, '1')).toBe(true);
});

test('takes a list page by page, and drops what a later list no longer shows', async () => {
  const objects = ['a', 'b', 'c', 'd', 'e'].map((name) => ({ name, resourceVersion: '1' }));
  start([configMaps], (of) => {
    of(configMaps).objects = objects;
  });
  await vi.waitFor(() => {
    expect(cache.complete).toBe(true);
  });
  const source = sourceOf(configMaps);
  expect(source.lists).toBe(3);
  expect(objects.map(({ name }) => namesOf(`of-${name}`))).toEqual(objects.map(({ name }) => [name]));
  source.objects = objects.slice(0, 3);
  listener.changed.mockClear();
  source.end(new KubeError(410, null));
  await vi.waitFor(async () => {
    await vi.advanceTimersByTimeAsync(50);
    expect(namesOf('of-e')).toEqual([]);
  });
  expect(listener.changed.mock.calls.flat().sort()).toEqual(['of-d', 'of-e']);
});

test('lists only a few kinds at a time', async () => {
  const { promise, resolve } = Promise.withResolvers<undefined>();
  const kinds = [configMaps, services, quotas];
  start(kinds, (of) => {
    for (const kind of kinds) of(kind).ready = promise;
  });
  await soon();
  const lists = (): number[] => kinds.map((kind) => sourceOf(kind).lists);
  expect(lists()).toEqual([1, 1, 0]);
  resolve(undefined);
  await vi.waitFor(() => {
    expect(lists()).toEqual([1, 1, 1]);
  });
});

test('reports no change before it knows every kind, and all of them then', async () => {
  const { promise, resolve } = Promise.withResolvers<undefined>();
  start([configMaps, services], (of) => {
    of(configMaps).objects = [{ name: 'a', resourceVersion: '1' }];
    of(services).ready = promise;
  });
  await vi.waitFor(() => {
    expect(cache.isWatched(configMaps)).toBe(true);
  });
  sourceOf(configMaps).emit('ADDED', 'b', '99');
  expect([cache.complete, listener.changed.mock.calls]).toEqual([false, []]);
  resolve(undefined);
  await vi.waitFor(() => {
    expect(listener.changed.mock.calls.flat().sort()).toEqual(['of-a', 'of-b']);
  });
});

test('pauses before it watches again although the watch ended without an error', async () => {
  start([configMaps]);
  const source = sourceOf(configMaps);
  await soon();
  source.end();
  await soon();
  expect(source.watches).toBe(1);
  for (let number = 0; number < 10; number += 1) {
    await vi.advanceTimersByTimeAsync(1_000);
    source.end();
  }
  // 0.1 s, 0.2 s, 0.4 s, …, each by half more or less: far fewer than without a pause.
  expect(source.watches).toBeLessThan(8);
  expect(source.watches).toBeGreaterThan(2);
  expect(source.lists).toBe(1);
});

describe('an own write', () => {
  const fingerprintsOf = (group: string): string[] =>
    [...cache.ofGroup(group).values()].map((each) => each.fingerprint);
  const wrote = (name: string, resourceVersion: string): void => {
    cache.wrote(configMaps, full({ name, resourceVersion }), `v${resourceVersion}`);
  };

  beforeEach(async () => {
    start([configMaps]);
    await soon();
  });

  test('is known at once, and its event is no change', () => {
    const source = sourceOf(configMaps);
    wrote('a', '99');
    expect(fingerprintsOf('of-a')).toEqual(['v99']);
    source.emit('ADDED', 'a', '99');
    expect(cache.hasReached(configMaps, '99')).toBe(true);
    expect(listener.changed).not.toHaveBeenCalled();
    source.emit('MODIFIED', 'a', '100');
    expect(listener.changed.mock.calls).toEqual([['of-a']]);
    expect(fingerprintsOf('of-a')).toEqual(['v100']);
  });

  test('is not undone by events that are older', () => {
    const source = sourceOf(configMaps);
    source.emit('ADDED', 'a', '96');
    listener.changed.mockClear();
    wrote('a', '99');
    wrote('b', '100');
    source.emit('MODIFIED', 'a', '97');
    source.emit('DELETED', 'a', '98');
    source.emit('ADDED', 'a', '99');
    expect([fingerprintsOf('of-a'), fingerprintsOf('of-b')]).toEqual([['v99'], ['v100']]);
    expect(listener.changed).not.toHaveBeenCalled();
    source.emit('DELETED', 'b', '101');
    expect(fingerprintsOf('of-b')).toEqual([]);
  });

  test('that the watch has already told of, or an even newer one, changes nothing', () => {
    sourceOf(configMaps).emit('ADDED', 'a', '99');
    sourceOf(configMaps).emit('DELETED', 'a', '100');
    wrote('a', '99');
    expect(fingerprintsOf('of-a')).toEqual([]);
  });

  test('counts for nothing once the kind is listed again', async () => {
    const source = sourceOf(configMaps);
    wrote('a', '99');
    source.end(new KubeError(410, null));
    await vi.advanceTimersByTimeAsync(1_000);
    expect(fingerprintsOf('of-a')).toEqual([]);
    source.emit('ADDED', 'a', '99');
    expect(fingerprintsOf('of-a')).toEqual(['v99']);
  });
});

describe('a kind that must not be watched', () => {
  test('is known by its lists, does not hold up the others, and is watched once that is allowed', async () => {
    start([configMaps, services], (of) => {
      of(configMaps).refusal = { watch: 403 };
      of(configMaps).objects = [{ name: 'a', resourceVersion: '1' }];
    });
    await soon();
    expect([cache.complete, cache.isWatched(configMaps), cache.isWatched(services)]).toEqual([true, false, true]);
    expect([...cache.unwatched]).toEqual([['v1/ConfigMap', 'listed']]);
    expect(namesOf('of-a')).toEqual(['a']);
    expect(cache.hasReached(configMaps, '100')).toBe(true);
    const source = sourceOf(configMaps);
    await vi.advanceTimersByTimeAsync(10 * 60_000);
    // Once a minute, after the first attempts.
    expect([cache.isWatched(configMaps), source.lists < 35]).toEqual([false, true]);
    source.refusal = {};
    await vi.advanceTimersByTimeAsync(90_000);
    expect([...cache.unwatched]).toEqual([]);
    expect(listener.watched).toHaveBeenCalledWith('ConfigMap');
  });

  test('and not listed has no objects', async () => {
    start([configMaps, services], (of) => {
      of(configMaps).objects = [{ name: 'a', resourceVersion: '1' }];
    });
    await soon();
    expect(namesOf('of-a')).toEqual(['a']);
    Object.assign(sourceOf(configMaps), { refusal: { list: 403 } }).end(new Error('lost'));
    await vi.advanceTimersByTimeAsync(1_000);
    expect([...cache.unwatched]).toEqual([['v1/ConfigMap', 'forbidden']]);
    expect([cache.complete, namesOf('of-a')]).toEqual([true, []]);
  });
});
