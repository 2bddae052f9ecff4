import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';

import { describeOnBothQueues } from '../../support/both-queues.js';
import { Bulkhead, newSlug } from '../../support/bulkhead.js';
import { Cluster } from '../../support/cluster.js';
import { eventually } from '../../support/eventually.js';

/**
 * Statements of a worker at which it can be held, each by the trigger condition that recognises it, and how many of them
 * are under way then: leases are taken together, and of passes that end the first is written down alone.
 */
const statements = {
  'takes the lease': { on: 'UPDATE ON tenants', when: 'NEW.lease_epoch <> OLD.lease_epoch', atLeast: 1 },
  'writes the verdict': {
    on: 'UPDATE ON tenants',
    when: 'OLD.lease_owner IS NOT NULL AND NEW.lease_owner IS NULL',
    atLeast: 2,
  },
  'writes the inventory': { on: 'INSERT ON tenant_objects', when: 'true', atLeast: 2 },
  'ends the operation': {
    on: 'UPDATE ON operations',
    when: 'OLD.finished_at IS NULL AND NEW.finished_at IS NOT NULL',
    atLeast: 2,
  },
};

const LOCK = 4_711;

describeOnBothQueues('a worker that is killed in the middle of a statement', (queue) => {
  let bulkhead: Bulkhead;
  let holder: pg.Client;
  const cluster = new Cluster();

  beforeAll(async () => {
    bulkhead = await Bulkhead.start({ queue });
    await bulkhead.database.query(`CREATE FUNCTION wait_for_test() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        IF current_setting('application_name') = 'bulkhead-worker' THEN PERFORM pg_advisory_xact_lock_shared(${LOCK}); END IF;
        RETURN NULL;
      END $$`);
    holder = new pg.Client(bulkhead.database.url);
    await holder.connect();
  });
  afterAll(async () => {
    await holder.end();
    await bulkhead.stop();
  });

  test.for(Object.entries(statements))(
    'while it %s is succeeded by another that finishes',
    async ([, { on, when, atLeast }]) => {
      await bulkhead.database.query(
        `CREATE TRIGGER hold AFTER ${on} FOR EACH ROW WHEN (${when}) EXECUTE FUNCTION wait_for_test()`,
      );
      await holder.query(`SELECT pg_advisory_lock(${LOCK})`);
      const worker = await bulkhead.startWorker();
      const slugs = Array.from({ length: 4 }, () => newSlug('settling'));
      const answers = await Promise.all(
        slugs.map((slug) => bulkhead.api.send('POST', '/v1/tenants', { slug, plan: 'free' })),
      );
      await eventually('it waits in that statement', async () => {
        const [row] = await bulkhead.database.query<{ count: number }>(
          `SELECT count(*)::int AS count FROM pg_stat_activity
         WHERE datname = current_database() AND application_name = 'bulkhead-worker' AND wait_event = 'advisory'`,
        );
        return row !== undefined && row.count >= atLeast;
      });
      await worker.stop('SIGKILL');
      await holder.query(`SELECT pg_advisory_unlock(${LOCK})`);
      await bulkhead.database.query(`DROP TRIGGER hold ON ${on.split(' ').at(-1) ?? ''}`);

      const next = await bulkhead.startWorker();
      for (const { headers, body } of answers) {
        const operation = await bulkhead.api.get(`${headers.get('location') ?? ''}?wait=45`);
        expect(operation).toMatchObject({ state: 'succeeded', error: null });
        const { items } = await bulkhead.api.get<{ items: unknown[] }>(`/v1/tenants/${body['id'] as string}/objects`);
        expect(await cluster.objectsOf(body['id'] as string)).toHaveLength(items.length);
      }
      await next.stop();
    },
  );
});
