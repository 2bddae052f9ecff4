import { Leases } from '#engine';
import { dataSourceOptions, Statements, uuidOf } from '#persistence';
import pg from 'pg';
import { DataSource } from 'typeorm';
import { expect, test } from 'vitest';

import { type TenantBody } from '../../support/api-client.js';
import { Bulkhead, newSlug } from '../../support/bulkhead.js';
import { eventually } from '../../support/eventually.js';

test('a pass that waited for a change sees all of that change', async () => {
  const bulkhead = await Bulkhead.start();
  const { url } = bulkhead.database;
  const dataSource = new DataSource(dataSourceOptions({ url, poolSize: 2 }, 'test-lease'));
  const client = new pg.Client({ connectionString: url });
  try {
    await Promise.all([dataSource.initialize(), client.connect()]);
    const leases = new Leases(dataSource, new Statements(dataSource));
    const answer = await bulkhead.api.send('POST', '/v1/tenants', { slug: newSlug(), plan: 'free' });
    const { id } = answer.body as unknown as TenantBody;
    const uuid = uuidOf('tenant', id);

    await client.query('BEGIN');
    await client.query('UPDATE tenants SET generation = generation + 1 WHERE id = $1', [uuid]);
    await client.query(
      `INSERT INTO holds (id, tenant_id, source, effect, reason, created_by)
       VALUES (gen_random_uuid(), $1, 'security', 'quarantine', 'Because.', 'test')`,
      [uuid],
    );
    const acquired = leases.acquire(id, 'test', 1_000);
    await eventually('it waits for the row', async () => {
      const waiting = await bulkhead.database.query(
        `SELECT 1 FROM pg_stat_activity WHERE application_name = 'test-lease' AND wait_event_type = 'Lock'`,
      );
      return waiting.length === 1;
    });
    await client.query('COMMIT');

    expect(await acquired).toMatchObject({ generation: 2, restriction: { quarantined: true } });
  } finally {
    await Promise.allSettled([dataSource.destroy(), client.end()]);
    await bulkhead.stop();
  }
});
