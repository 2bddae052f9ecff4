import { type Leases, SETTLE_UNLOCKED, type SettledRow } from '#engine';
import { uuidOf } from '#persistence';
import type pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';

import { type Bulkhead } from '../../support/bulkhead.js';
import { type LeaseTrial, newTenants, startLeaseTrial } from '../../support/lease-trial.js';

let trial: LeaseTrial;
let bulkhead: Bulkhead;
let leases: Leases;
let client: pg.Client;

beforeAll(async () => {
  trial = await startLeaseTrial();
  ({ bulkhead, leases, client } = trial);
});
afterAll(() => trial.stop());

test('of leases that are taken together, one that has to wait delays none of the others', async () => {
  const [first = '', changing = '', twice = '', last = ''] = await newTenants(bulkhead, 4);
  await client.query('BEGIN');
  await client.query('UPDATE tenants SET generation = generation + 1 WHERE id = $1', [uuidOf('tenant', changing)]);
  await client.query(
    `INSERT INTO holds (id, tenant_id, source, effect, reason, created_by)
     VALUES (gen_random_uuid(), $1, 'security', 'quarantine', 'Because.', 'test')`,
    [uuidOf('tenant', changing)],
  );
  const acquire = (id: string): ReturnType<Leases['acquire']> => leases.acquire(id, 'test', 60_000);
  const alone = acquire(first);
  const [waiting, ...others] = [changing, twice, twice, last].map(acquire);

  expect((await alone)?.id).toBe(first);
  const ids = (await Promise.all(others)).map((tenant) => tenant?.id ?? null);
  expect(ids.toSorted()).toEqual([last, twice, null].toSorted());
  await client.query('COMMIT');
  expect(await waiting).toMatchObject({ id: changing, generation: 2, restriction: { quarantined: true } });
  expect(await Promise.all([first, changing, twice, last].map(acquire))).toEqual([null, null, null, null]);
});

test('a new operation, which only refers to its tenant, does not block the tenant’s lease', async () => {
  const [id = ''] = await newTenants(bulkhead, 1);
  await client.query('BEGIN');
  await client.query('SELECT FROM tenants WHERE id = $1 FOR KEY SHARE', [uuidOf('tenant', id)]);
  expect((await leases.acquire(id, 'test', 60_000))?.id).toBe(id);
  await client.query('COMMIT');
});

test.for(['first', 'last'])(
  'of two passes over one tenant, the one without the lease writes nothing if it comes %s',
  async (place) => {
    const [id = ''] = await newTenants(bulkhead, 1);
    const lost = await leases.acquire(id, 'lost', 60_000);
    await leases.release([{ id, epoch: lost?.epoch ?? '' }]);
    const held = await leases.acquire(id, 'held', 60_000);
    const uuid = uuidOf('tenant', id) ?? '';
    const row = (name: string, epoch = ''): SettledRow => ({
      id: uuid,
      epoch,
      generation: 1,
      wakes: held?.wakes ?? 0,
      phase: name === 'held' ? 'active' : 'failed',
      conditions: [],
      observed: name === 'held',
      failureCount: 0,
      refusals: 0,
      nextIn: null,
      deleted: false,
      removed: [],
      applied: [
        { apiVersion: 'v1', kind: 'ConfigMap', namespace: 'ns', name, uid: name, renderedHash: '', fingerprint: null },
      ],
      state: name === 'held' ? 'succeeded' : 'failed',
      steps: [],
      dropped: 0,
      error: null,
      durable: false,
    });
    const rows = [row('lost', lost?.epoch), row('held', held?.epoch)];
    if (place === 'last') rows.reverse();

    const written = await client.query(SETTLE_UNLOCKED.text, [JSON.stringify(rows)]);
    expect(written.rows).toEqual([{ id: uuid, epoch: held?.epoch }]);
    expect(
      await bulkhead.database.query(
        `SELECT t.phase, t.observed_generation, t.lease_owner, o.state, array(
         SELECT name FROM tenant_objects WHERE tenant_id = t.id) AS objects
       FROM tenants t JOIN operations o ON o.tenant_id = t.id WHERE t.id = $1`,
        [uuid],
      ),
    ).toEqual([{ phase: 'active', observed_generation: 1, lease_owner: null, state: 'succeeded', objects: ['held'] }]);
  },
);
