import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';

import { type Postgres, startPostgres } from '../../dev/postgres.mjs';
import { describeOnBothQueues } from '../support/both-queues.js';
import { Bulkhead, newSlug } from '../support/bulkhead.js';
import { eventually } from '../support/eventually.js';
import { runProgram } from '../support/program.js';

/** How often each message is in a log; lines that are no JSON count by their beginning. */
function linesByMessage(log: string): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const line of log.split('\n')) {
    const message = line.startsWith('{') ? (JSON.parse(line) as { msg: string }).msg : line.slice(0, 40);
    counts[message] = (counts[message] ?? 0) + 1;
  }
  return counts;
}

describeOnBothQueues('a Postgres that is restarted under load', (queue) => {
  const dir = mkdtempSync(path.join(tmpdir(), 'bulkhead-restart-'));
  let postgres: Postgres;
  let bulkhead: Bulkhead;
  let url: string;

  beforeAll(async () => {
    postgres = await startPostgres({ dir: path.join(dir, 'postgres'), throwaway: true });
    url = await postgres.ensureDatabase('bulkhead');
    for (const command of ['migrate', 'seed-plans']) {
      const { code, output } = await runProgram(`apps/api/src/commands/${command}.js`, [], { DATABASE_URL: url });
      expect(code, output).toBe(0);
    }
    bulkhead = await Bulkhead.start({ queue, env: { DATABASE_URL: url } });
  });
  afterAll(async () => {
    await bulkhead.stop();
    await postgres.stop();
    rmSync(dir, { recursive: true, force: true });
  });

  async function query<Row extends object>(sql: string): Promise<Row[]> {
    const client = new pg.Client(url);
    client.on('error', () => undefined);
    await client.connect();
    try {
      return (await client.query<Row>(sql)).rows;
    } finally {
      await client.end();
    }
  }

  test('loses nothing that was accepted, and ends no process', async () => {
    const workers = [await bulkhead.startWorker(), await bulkhead.startWorker()];
    const accepted = new Set<string>();
    const refused = new Set<number>();
    const defects: string[] = [];
    const over = new AbortController();
    const load = (async (): Promise<void> => {
      while (!over.signal.aborted) {
        const slug = newSlug('restart');
        const { status, body } = await bulkhead.api.send('POST', '/v1/tenants', { slug, plan: 'free' });
        if (status === 202) accepted.add(body['slug'] as string);
        else refused.add(status);
        if (status === 500) defects.push(body['requestId'] as string);
        await pause(50);
      }
    })();
    for (let round = 0; round < 2; round += 1) {
      await pause(1_000);
      await postgres.stop();
      await pause(1_000);
      postgres = await startPostgres({ dir: path.join(dir, 'postgres'), port: postgres.port, throwaway: true });
    }
    const before = accepted.size;
    await eventually('changes are accepted again', () => Promise.resolve(accepted.size > before + 5));
    over.abort();
    await load;
    const [defect = 'nothing'] = defects;
    const logged = bulkhead
      .apiOutput()
      .split('\n')
      .find((line) => line.includes(defect) && line.includes('request failed'));
    expect([...refused], logged).toEqual([503]);
    for (const worker of workers) {
      expect(() => process.kill(worker.pid, 0), worker.output().slice(-2_000)).not.toThrow();
    }
    await eventually(
      'all that was accepted is active',
      async () => {
        const rows = await query<{ slug: string }>("SELECT slug FROM tenants WHERE phase = 'active'");
        const active = new Set(rows.map(({ slug }) => slug));
        return [...accepted].every((slug) => active.has(slug));
      },
      90_000,
    );
    for (const worker of workers) {
      // A worker that cannot reach its database says so, but not for every tenant: every few seconds for each thing that
      // is repeated and each way in which it fails, and each message for all tenants together.
      const most = 150;
      const floods = Object.entries(linesByMessage(worker.output())).filter(([, count]) => count > most);
      expect(floods).toEqual([]);
      await worker.stop();
    }
  }, 240_000);
});
