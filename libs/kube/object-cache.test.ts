import { expect, test, vi } from 'vitest';

import { ObjectCache } from './object-cache.js';
import { type Resource } from './resources.js';
import { type Transport } from './transport.js';

const configMaps: Resource = { apiVersion: 'v1', kind: 'ConfigMap', plural: 'configmaps' } as Resource;
const secrets: Resource = { apiVersion: 'v1', kind: 'Secret', plural: 'secrets' } as Resource;

/** An API server without objects at version 95 that sends the events of a test. */
class Source {
  private wake: (line: string) => void = () => undefined;
  private readonly lines: string[] = [];

  emit(type: string, resourceVersion: string): void {
    const metadata = { name: 'one', namespace: 'ns', uid: 'u', resourceVersion, labels: { group: 'g' } };
    this.lines.push(JSON.stringify({ type, object: { metadata } }));
    this.wake('');
  }

  get transport(): Transport {
    return {
      send: () => Promise.resolve({ items: null, metadata: { resourceVersion: '95' } }),
      lines: ({ path }: { path: string }, _silence: number, signal: AbortSignal) =>
        path.endsWith('/configmaps') ? this.follow(signal) : new Source().follow(signal),
    } as unknown as Transport;
  }

  private async *follow(signal: AbortSignal): AsyncGenerator<string> {
    while (!signal.aborted) {
      yield* this.lines.splice(0);
      await new Promise<string>((resolve) => {
        this.wake = resolve;
        signal.addEventListener('abort', () => {
          resolve('');
        });
      });
    }
  }
}

test('tracks the progress of its watches by lists, events and bookmarks', async () => {
  const source = new Source();
  const cache = new ObjectCache(source.transport, [configMaps], 'group');
  const changed = vi.fn();
  cache.start({ changed, lost: () => undefined, kindsChanged: () => undefined });
  await vi.waitFor(() => {
    expect(cache.complete).toBe(true);
  });
  expect(['9', '95', '96', '100'].map((version) => cache.hasReached(configMaps, version))).toEqual([
    true,
    true,
    false,
    false,
  ]);
  source.emit('ADDED', '99');
  await vi.waitFor(() => {
    expect(cache.hasReached(configMaps, '99')).toBe(true);
  });
  // A reached version includes all events up to it.
  expect(changed).toHaveBeenCalledWith('g');
  expect(cache.ofGroup('g').size).toBe(1);
  expect(cache.hasReached(configMaps, '100')).toBe(false);
  source.emit('BOOKMARK', '104');
  await vi.waitFor(() => {
    expect(cache.hasReached(configMaps, '104')).toBe(true);
  });
  expect(changed).toHaveBeenCalledTimes(1);
  await cache.stop();
});

test('has nothing to wait for if it does not watch the kind', () => {
  const cache = new ObjectCache(new Source().transport, [configMaps], 'group');
  expect(cache.hasReached(secrets, '1')).toBe(true);
});
