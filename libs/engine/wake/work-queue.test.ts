import fc from 'fast-check';
import { expect, test } from 'vitest';

import { priorities, type Work, WorkQueue } from './work-queue.js';

const work = (tenantId: string, changes: Partial<Work> = {}): Work => ({
  tenantId,
  priority: 'due',
  notBefore: 0,
  askedAt: 0,
  clusterId: null,
  onlyIfDrifted: false,
  ...changes,
});

/** Takes everything that may begin, and returns it. */
function taken(queue: WorkQueue, now = 0, mayBegin: (work: Work) => boolean = () => true): Work[] {
  const begun: Work[] = [];
  queue.take(now, mayBegin, (each) => begun.push(each));
  return begun;
}

const ids = (works: Work[]): string[] => works.map(({ tenantId }) => tenantId);

test('the most pressing begins first, and of equals the one that was asked for first', () => {
  const queue = new WorkQueue();
  queue.add(work('resync'));
  queue.add(work('early', { priority: 'drift' }));
  queue.add(work('late', { priority: 'drift' }));
  queue.add(work('quarantine'));
  queue.add(work('quarantine', { priority: 'urgent' }));
  expect(ids(taken(queue))).toEqual(['quarantine', 'early', 'late', 'resync']);
});

test('two requests for one tenant are one, with the more of each', () => {
  const queue = new WorkQueue();
  queue.add(work('a', { priority: 'drift', notBefore: 50, askedAt: 5, clusterId: 'c', onlyIfDrifted: true }));
  queue.add(work('a', { notBefore: 70, askedAt: 6 }));
  expect(queue.size).toBe(1);
  expect(taken(queue, 60)).toEqual([work('a', { priority: 'drift', notBefore: 50, askedAt: 5, clusterId: 'c' })]);
});

test('what is asked for during the work begins after it', () => {
  const queue = new WorkQueue();
  queue.add(work('a'));
  taken(queue);
  queue.add(work('a'));
  expect(taken(queue)).toEqual([]);
  queue.end('a');
  expect(ids(taken(queue))).toEqual(['a']);
});

test('work that began elsewhere holds its tenant back as well', () => {
  const queue = new WorkQueue();
  queue.add(work('a'));
  queue.start('a');
  queue.start('a');
  queue.end('a');
  expect(taken(queue)).toEqual([]);
  queue.end('a');
  expect(ids(taken(queue))).toEqual(['a']);
});

test('nothing begins before its time, and the next time is known', () => {
  const queue = new WorkQueue();
  expect(queue.nextAt(0)).toBe(Infinity);
  queue.add(work('a', { notBefore: 10 }));
  queue.add(work('b', { notBefore: 5 }));
  queue.add(work('c'));
  expect(queue.nextAt(0)).toBe(5);
  expect(ids(taken(queue, 5))).toEqual(['b', 'c']);
  expect(queue.nextAt(5)).toBe(10);
});

const someWork = fc.record({
  tenantId: fc.constantFrom('a', 'b', 'c', 'd', 'e'),
  priority: fc.constantFrom(...priorities),
  notBefore: fc.integer({ min: 0, max: 60 }),
  askedAt: fc.integer({ min: 0, max: 60 }),
  clusterId: fc.constantFrom(null, 'x', 'y'),
  onlyIfDrifted: fc.boolean(),
});
const someStep = fc.oneof(
  fc.record({ add: someWork }),
  fc.record({ take: fc.constantFrom('x', 'y', 'both') }),
  fc.record({ end: fc.nat() }),
);

test('whatever happens, no tenant is worked on twice at once, none begins early, none overtakes, and none is lost', () => {
  fc.assert(
    fc.property(fc.array(someStep, { maxLength: 60 }), (steps) => {
      const queue = new WorkQueue();
      const underWay: string[] = [];
      const asked = new Map<string, Work[]>();
      steps.forEach((step, now) => {
        if ('add' in step) {
          queue.add(step.add);
          asked.set(step.add.tenantId, [...(asked.get(step.add.tenantId) ?? []), step.add]);
        } else if ('end' in step) {
          const [ended] = underWay.splice(step.end % Math.max(1, underWay.length), 1);
          if (ended !== undefined) queue.end(ended);
        } else {
          // A cluster that is away has no room; the works of unknown clusters begin.
          const isOpen = ({ clusterId }: Work): boolean => clusterId === null || step.take !== clusterId;
          const begun = taken(queue, now, isOpen);
          for (const each of begun) {
            expect(underWay).not.toContain(each.tenantId);
            const requests = asked.get(each.tenantId) ?? [];
            expect(each.notBefore).toBeLessThanOrEqual(now);
            expect(each.onlyIfDrifted).toBe(requests.every(({ onlyIfDrifted }) => onlyIfDrifted));
            expect(requests.map(({ priority }) => priority)).toContain(each.priority);
            underWay.push(each.tenantId);
            asked.delete(each.tenantId);
          }
          const ranks = begun.map(({ priority }) => priorities.indexOf(priority));
          expect(ranks).toEqual(ranks.toSorted((a, b) => a - b));
        }
      });
      for (const tenantId of underWay) queue.end(tenantId);
      expect(ids(taken(queue, 60)).toSorted()).toEqual([...asked.keys()].toSorted());
    }),
  );
});
