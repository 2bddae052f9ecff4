import { expect, test } from 'vitest';

import { DirectWork } from './direct-work.js';

/** Direct work on isolation checks and urgent tenants; a check runs until it is released. */
function trial(): { work: DirectWork; done: string[]; release: () => void } {
  const work = new DirectWork();
  const done: string[] = [];
  const gate = Promise.withResolvers<undefined>();
  work.handleWith('prove', 1, async ({ checkId }) => {
    await gate.promise;
    done.push(checkId);
  });
  work.handleWith('reconcile-tenant-urgently', 1, ({ tenantId }) => {
    done.push(tenantId);
    return Promise.resolve();
  });
  return {
    work,
    done,
    release: () => {
      gate.resolve(undefined);
    },
  };
}

test('a slow job holds up no job of another kind, also when others of its own kind wait', async () => {
  const { work, done, release } = trial();
  expect(work.offer('prove', { checkId: 'first' })).toBe(true);
  expect(work.offer('prove', { checkId: 'second' })).toBe(true);
  expect(work.offer('reconcile-tenant-urgently', { tenantId: 'tenant' })).toBe(true);
  await Promise.resolve();
  expect(done).toEqual(['tenant']);
  release();
  await expect.poll(() => done).toEqual(['tenant', 'first', 'second']);
});

test('jobs of one kind run as many at a time as it allows, and equal ones that wait are merged', async () => {
  const { work, done, release } = trial();
  for (const checkId of ['first', 'second', 'second', 'second']) work.offer('prove', { checkId });
  release();
  await expect.poll(() => done).toEqual(['first', 'second']);
});

test('once stopped, it finishes what runs and takes nothing more', async () => {
  const { work, done, release } = trial();
  work.offer('prove', { checkId: 'first' });
  work.offer('prove', { checkId: 'second' });
  const stopped = work.stop();
  expect(work.offer('prove', { checkId: 'third' })).toBe(false);
  release();
  await stopped;
  expect(done).toEqual(['first']);
});
