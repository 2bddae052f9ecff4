import { setTimeout as pause } from 'node:timers/promises';

import { afterAll, beforeAll, expect, test } from 'vitest';

import { describeOnBothQueues } from '../../support/both-queues.js';
import { Bulkhead, newSlug } from '../../support/bulkhead.js';
import { Cluster, workerWrites } from '../../support/cluster.js';
import { eventually } from '../../support/eventually.js';
import { leaseViolations, logLeases, readLeases } from '../../support/lease-log.js';
import { type Program } from '../../support/program.js';

const count = Number(process.env['BULKHEAD_CHAOS_TENANTS'] ?? 200);
const KILL_EVERY_MS = 4_000;
/** So many that a worker has time to start and to work for a while before its turn comes again. */
const WORKERS = 3;
/** Tenants whose objects are counted one by one in the cluster; for the others, Bulkhead's report is trusted. */
const SAMPLE = 20;

describeOnBothQueues('while workers die all the time', (queue) => {
  let bulkhead: Bulkhead;
  const cluster = new Cluster();
  // The second backend only has to show that its jobs survive too.
  const tenants = queue === 'postgres' ? count : Math.ceil(count / 4);
  const slugs = Array.from({ length: tenants }, () => newSlug('chaos'));

  beforeAll(async () => {
    bulkhead = await Bulkhead.start({ queue });
    await logLeases(bulkhead.database);
  });
  afterAll(() => bulkhead.stop());

  const unfinished = (): Promise<{ slug: string }[]> =>
    bulkhead.database.query("SELECT slug FROM tenants WHERE phase <> 'active' OR observed_generation <> generation");

  /**
   * Kills a worker every four seconds, each in turn, and starts it again in the meantime, until `work` is done. A kill waits
   * until the worker after it is up, which on a busy machine takes longer: workers that only ever start prove nothing.
   */
  async function amidKills(work: Promise<unknown>): Promise<number> {
    const workers = Array.from({ length: WORKERS }, () => bulkhead.startWorker());
    await Promise.all(workers);
    const done = new AbortController();
    const ended = work.finally(() => {
      done.abort();
    });
    let kills = 0;
    for (; !done.signal.aborted; kills += 1) {
      const [place, next] = [kills % WORKERS, (kills + 1) % WORKERS];
      await Promise.race([Promise.all([pause(KILL_EVERY_MS), workers[place], workers[next]]), ended]);
      workers[place] = startedAnew(workers[place]);
    }
    await ended;
    for (const worker of await Promise.all(workers)) await worker.stop();
    return kills;
  }

  async function startedAnew(worker?: Promise<Program>): Promise<Program> {
    await (await worker)?.stop('SIGKILL');
    return bulkhead.startWorker();
  }

  async function inGroups(work: (slug: string) => Promise<{ status: number }>): Promise<void> {
    for (let start = 0; start < slugs.length; start += 20) {
      const answers = await Promise.all(slugs.slice(start, start + 20).map(work));
      expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([202]));
    }
  }

  test('every tenant reaches and keeps its desired state', async () => {
    const ids = new Map<string, string>();
    const wave = async (): Promise<void> => {
      await inGroups(async (slug) => {
        const answer = await bulkhead.api.send('POST', '/v1/tenants', { slug, plan: 'team' });
        ids.set(slug, answer.body['id'] as string);
        return answer;
      });
      await eventually('most are active', async () => (await unfinished()).length < tenants / 4, 240_000);
      await inGroups((slug) =>
        bulkhead.api.send('PATCH', `/v1/tenants/${ids.get(slug) ?? ''}`, { plan: 'free', labels: { wave: 'two' } }),
      );
      await eventually('all are as asked for', async () => (await unfinished()).length === 0, 240_000);
    };
    const startedAt = performance.now();
    const kills = await amidKills(wave());
    console.log(
      `${tenants} tenants, ${kills} workers killed in ${Math.round((performance.now() - startedAt) / 1000)} s`,
    );

    expect(leaseViolations(await readLeases(bulkhead.database))).toEqual([]);
    const operations = await bulkhead.database.query<{ count: number }>(
      "SELECT count(*)::int AS count FROM operations WHERE state NOT IN ('succeeded', 'superseded')",
    );
    expect(operations).toEqual([{ count: 0 }]);
    const inventories = await bulkhead.database.query<{ objects: number }>(
      'SELECT DISTINCT count(*)::int AS objects FROM tenant_objects GROUP BY tenant_id',
    );
    expect(inventories).toHaveLength(1);
    const objects = inventories[0]?.objects ?? 0;
    const quotas = new Set<string>();
    for (const slug of slugs.filter((_, index) => index % Math.ceil(tenants / SAMPLE) === 0)) {
      expect(await cluster.objectsOf(ids.get(slug) ?? '')).toHaveLength(objects);
      quotas.add(JSON.stringify(await cluster.quota(`tn-${slug}`)));
    }
    expect(quotas.size).toBe(1);
    // A pass that died is repeated, but existing objects are not written again.
    const own = new Set(slugs.map((slug) => `tn-${slug}`));
    const writes = workerWrites('/tn-chaos-').filter(({ requestURI }) =>
      own.has(/\/namespaces\/([^/?]+)/.exec(requestURI)?.[1] ?? ''),
    );
    expect(writes.length).toBeLessThan(3 * tenants * objects);
  }, 600_000);
});
