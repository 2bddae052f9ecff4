import { afterEach, beforeEach, expect, test, vi } from 'vitest';

import { type RowWait, waitForRow } from './wait-for-row.js';

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date', 'setTimeout', 'clearTimeout', 'performance'] });
});
afterEach(() => {
  vi.useRealTimers();
});

/** A row, and how often it was read. */
class Row {
  isDone = false;
  reads = 0;
  readonly stopping = new AbortController();

  wait(more: Partial<RowWait<boolean>> = {}): Promise<boolean> {
    return waitForRow({
      read: () => {
        this.reads += 1;
        return Promise.resolve(this.isDone);
      },
      isDone: (done) => done,
      deadline: Date.now() + 10_000,
      shutdown: this.stopping.signal,
      changes: 5,
      ...more,
    });
  }
}

test('a row that is done is read once', async () => {
  const row = new Row();
  row.isDone = true;
  expect(await row.wait()).toBe(true);
  expect(row.reads).toBe(1);
});

test('without notifications it polls until the row is done', async () => {
  vi.useRealTimers();
  const row = new Row();
  const waiting = row.wait();
  await vi.waitUntil(() => row.reads > 3);
  row.isDone = true;
  expect(await waiting).toBe(true);
});

test('with notifications it reads when it is told, and not before', async () => {
  const row = new Row();
  const told: (() => void)[] = [];
  const overs: AbortSignal[] = [];
  const waiting = row.wait({
    changes: (over) => {
      overs.push(over);
      return new Promise<void>((resolve) => told.push(resolve));
    },
  });
  await vi.advanceTimersByTimeAsync(5_000);
  expect(row.reads).toBe(1);
  told[0]?.();
  await vi.advanceTimersByTimeAsync(0);
  expect(row.reads).toBe(2);
  row.isDone = true;
  told[1]?.();
  expect(await waiting).toBe(true);
  expect(overs.every(({ aborted }) => aborted)).toBe(true);
});

test('a change between the subscription and the read is not missed', async () => {
  const row = new Row();
  let tell: () => void = () => undefined;
  const waiting = row.wait({
    changes: () => new Promise<void>((resolve) => (tell = resolve)),
    read: () => {
      row.reads += 1;
      if (row.reads === 1) tell();
      return Promise.resolve(row.reads > 1);
    },
  });
  expect(await waiting).toBe(true);
});

test('returns the row as it is at the deadline', async () => {
  vi.useRealTimers();
  const row = new Row();
  const began = Date.now();
  expect(await row.wait({ deadline: began + 50, changes: 1_000 })).toBe(false);
  expect(Date.now() - began).toBeLessThan(900);
  expect(row.reads).toBe(2);
});

test('returns the row as it is when the process stops', async () => {
  vi.useRealTimers();
  const row = new Row();
  const waiting = row.wait({ changes: 60_000, deadline: Date.now() + 60_000 });
  await vi.waitUntil(() => row.reads === 1);
  row.stopping.abort();
  expect(await waiting).toBe(false);
});

test('rejects as the read does, and ends the subscription', async () => {
  const row = new Row();
  const overs: AbortSignal[] = [];
  const waiting = row.wait({
    read: () => Promise.reject(new Error('away')),
    changes: (over) => {
      overs.push(over);
      return new Promise(() => undefined);
    },
  });
  await expect(waiting).rejects.toThrow('away');
  expect(overs[0]?.aborted).toBe(true);
});
