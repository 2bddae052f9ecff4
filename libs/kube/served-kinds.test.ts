import { afterEach, beforeEach, expect, test, vi } from 'vitest';

import { type Resource } from './resources.js';
import { ServedKinds } from './served-kinds.js';
import { type Transport } from './transport.js';

const servers: Resource = {
  apiVersion: 'policy.linkerd.io/v1beta3',
  kind: 'Server',
  plural: 'servers',
  namespaced: true,
  part: 'tenant',
  isInstalled: true,
};

type Lines = Parameters<Transport['lines']>[1];

/** An API server whose discovery can lag behind its definitions. */
let isDiscovered: boolean;
let lookups: number;
let reader: Lines | undefined;
let stopped: AbortController;
let following: Promise<void>;
let served: ServedKinds;
const changed = vi.fn<(kinds: ReadonlySet<string>) => Promise<void>>();

function answerTo(path: string): object {
  if (path === '/apis') {
    lookups += 1;
    return { groups: isDiscovered ? [{ versions: [{ groupVersion: servers.apiVersion }] }] : [] };
  }
  if (path === `/apis/${servers.apiVersion}`) return { resources: [{ kind: servers.kind }] };
  return { items: null, metadata: { resourceVersion: '1' } };
}

function emit(type: string, name: string): void {
  const metadata = { name, uid: name, resourceVersion: '2', labels: {} };
  reader?.onLine(JSON.stringify({ type, object: { metadata } }));
}

beforeEach(async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval'] });
  vi.clearAllMocks();
  [isDiscovered, lookups, reader, stopped] = [false, 0, undefined, new AbortController()];
  const transport = {
    send: ({ path }: { path: string }) => Promise.resolve(answerTo(path)),
    lines: (_: object, lines: Lines) =>
      new Promise<void>((resolve) => {
        reader = lines;
        lines.onOpen();
        lines.signal.addEventListener('abort', () => {
          resolve();
        });
      }),
  };
  served = new ServedKinds(transport as unknown as Transport, [servers]);
  following = served.follow(changed, stopped.signal);
  await vi.advanceTimersByTimeAsync(10_000);
});
afterEach(async () => {
  stopped.abort();
  await following;
  vi.useRealTimers();
});

test('a kind is found although discovery shows it long after the last event of its definition', async () => {
  expect(served.has(servers)).toBe(false);
  emit('ADDED', 'servers.policy.linkerd.io');
  await vi.advanceTimersByTimeAsync(20_000);
  expect(served.has(servers)).toBe(false);
  isDiscovered = true;
  await vi.advanceTimersByTimeAsync(20_000);
  expect(served.has(servers)).toBe(true);
  expect(changed).toHaveBeenCalledTimes(2);
});

test('discovery is left alone once it agrees with the definitions, and asked rarely if it never does', async () => {
  const before = lookups;
  await vi.advanceTimersByTimeAsync(300_000);
  expect(lookups).toBe(before);
  emit('ADDED', 'servers.policy.linkerd.io');
  await vi.advanceTimersByTimeAsync(600_000);
  expect(lookups - before).toBeGreaterThan(5);
  expect(lookups - before).toBeLessThan(25);
  emit('DELETED', 'servers.policy.linkerd.io');
  await vi.advanceTimersByTimeAsync(10_000);
  const after = lookups;
  await vi.advanceTimersByTimeAsync(300_000);
  expect(lookups).toBe(after);
});
