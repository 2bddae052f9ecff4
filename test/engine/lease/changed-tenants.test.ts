import { type Leases } from '#engine';
import { uuidOf } from '#persistence';
import type pg from 'pg';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';

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
beforeEach(async () => {
  await client.query('UPDATE tenants SET observed_generation = generation');
});

async function set(id: string, columns: string): Promise<void> {
  await client.query(`UPDATE tenants SET ${columns} WHERE id = $1`, [uuidOf('tenant', id)]);
}

async function take(limit: number): Promise<string[]> {
  const tenants = await leases.acquireChanged('test', 60_000, limit);
  return tenants.map(({ id }) => id);
}

test('changed tenants are taken once, the longest waiting first', async () => {
  const [first = '', second = '', third = ''] = await newTenants(bulkhead, 3);
  expect((await take(2)).toSorted()).toEqual([first, second].toSorted());
  expect(await take(2)).toEqual([third]);
  expect(await take(2)).toEqual([]);
});

test('changed tenants are leased, and read with their desired state', async () => {
  const [id = ''] = await newTenants(bulkhead, 1);
  const [tenant] = await leases.acquireChanged('worker', 60_000, 1);
  expect(tenant).toMatchObject({ id, generation: 1, observedGeneration: 0, phase: 'provisioning', inventory: [] });
  const { rows } = await client.query('SELECT lease_owner, lease_epoch AS epoch FROM tenants WHERE id = $1', [
    uuidOf('tenant', id),
  ]);
  expect(rows).toEqual([{ lease_owner: 'worker', epoch: tenant?.epoch }]);
  expect(await leases.acquire(id, 'another', 60_000)).toBeNull();
});

test.for([
  ['that is unchanged', 'observed_generation = generation'],
  ['that is not due yet', "next_reconcile_at = now() + interval '1 minute'"],
  ['that failed for good', 'next_reconcile_at = NULL'],
  ['whose operation was cancelled', 'cancelled_generation = generation'],
  ['that is deleted', 'deleted_at = now()'],
  ['that is leased by another worker', "lease_owner = 'other', lease_until = now() + interval '1 minute'"],
] as const)('a tenant %s is left alone', async ([, columns]) => {
  const [left = '', other = ''] = await newTenants(bulkhead, 2);
  await set(left, columns);
  expect(await take(10)).toEqual([other]);
});

test('an expired lease is taken over, with a new epoch', async () => {
  const [id = ''] = await newTenants(bulkhead, 1);
  const [dead] = await leases.acquireChanged('dead', 60_000, 1);
  await set(id, "lease_until = now() - interval '1 second', next_reconcile_at = now()");
  const [tenant] = await leases.acquireChanged('living', 60_000, 1);
  expect(tenant?.id).toBe(id);
  expect(Number(tenant?.epoch)).toBeGreaterThan(Number(dead?.epoch));
});

test('a tenant with a concurrent change is skipped, and taken with the change afterwards', async () => {
  const [changing = '', other = ''] = await newTenants(bulkhead, 2);
  await client.query('BEGIN');
  await set(changing, 'generation = generation + 1, next_reconcile_at = now()');
  expect(await take(10)).toEqual([other]);
  await client.query('COMMIT');
  expect(await leases.acquireChanged('test', 60_000, 10)).toMatchObject([{ id: changing, generation: 2 }]);
});

test('of many concurrent takers no two get the same tenant', async () => {
  const ids = await newTenants(bulkhead, 12);
  const taken = await Promise.all([take(5), take(5), take(5), take(5)]);
  const rest = await take(12);
  expect([...taken.flat(), ...rest].toSorted()).toEqual(ids.toSorted());
});

test('a change makes its tenant due at once by the clock of the database', async () => {
  const [id = ''] = await newTenants(bulkhead, 1);
  const due = `SELECT next_reconcile_at BETWEEN now() - interval '30 seconds' AND now() AS due FROM tenants WHERE id = $1`;
  expect((await client.query(due, [uuidOf('tenant', id)])).rows).toEqual([{ due: true }]);
  await set(id, 'observed_generation = generation, next_reconcile_at = NULL');
  await bulkhead.api.send('PATCH', `/v1/tenants/${id}`, { displayName: 'Another' });
  expect((await client.query(due, [uuidOf('tenant', id)])).rows).toEqual([{ due: true }]);
});
