import { expect, test, vi } from 'vitest';

import { ObjectCache } from './object-cache.js';
import { type Resource } from './resources.js';
import { type Transport } from './transport.js';

const configMaps: Resource = { apiVersion: 'v1', kind: 'ConfigMap', plural: 'configmaps' } as Resource;
const secrets: Resource = { apiVersion: 'v1', kind: 'Secret', plural: 'secrets' } as Resource;

/** An API server that has nothing at version 95, and tells of what a test says. */
class Source {
  private tell: (line: string) => void = () => undefined;
  private readonly lines: string[] = [];

  happen(type: string, resourceVersion: string): void {
    const metadata = { name: 'one', namespace: 'ns', uid: 'u', resourceVersion, labels: { group: 'g' } };
    this.lines.push(JSON.stringify({ type, object: { metadata } }));
    this.tell('');
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
        this.tell = resolve;
        signal.addEventListener('abort', () => {
          resolve('');
        });
      });
    }
  }
}

test('knows how far its watches have come, by lists, events and bookmarks', async () => {
  const source = new Source();
  const cache = new ObjectCache(source.transport, [configMaps], 'group');
  const told = vi.fn();
  cache.start({ changed: told, lost: () => undefined, kindsChanged: () => undefined });
  await vi.waitFor(() => {
    expect(cache.complete).toBe(true);
  });
  expect(['9', '95', '96', '100'].map((version) => cache.hasReached(configMaps, version))).toEqual([
    ...[true, true, false, false],
  ]);
  source.happen('ADDED', '99');
  await vi.waitFor(() => {
    expect(cache.hasReached(configMaps, '99')).toBe(true);
  });
  // Whoever is told of a version knows what happened until then.
  expect(told).toHaveBeenCalledWith('g');
  expect(cache.ofGroup('g').size).toBe(1);
  expect(cache.hasReached(configMaps, '100')).toBe(false);
  source.happen('BOOKMARK', '104');
  await vi.waitFor(() => {
    expect(cache.hasReached(configMaps, '104')).toBe(true);
  });
  expect(told).toHaveBeenCalledTimes(1);
  await cache.stop();
});

test('has nothing to wait for of a kind that it does not watch', () => {
  const cache = new ObjectCache(new Source().transport, [configMaps], 'group');
  expect(cache.hasReached(secrets, '1')).toBe(true);
});
