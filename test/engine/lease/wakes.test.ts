import { type LeasedTenant, type Leases, SETTLE_UNLOCKED, type SettledRow } from '#engine';
import { uuidOf } from '#persistence';
import { storeIsolationFindings } from '#tenancy';
import type pg from 'pg';
import { type DataSource } from 'typeorm';
import { afterAll, beforeAll, expect, test } from 'vitest';

import { type Bulkhead } from '../../support/bulkhead.js';
import { eventually } from '../../support/eventually.js';
import { type LeaseTrial, newTenants, startLeaseTrial } from '../../support/lease-trial.js';

let trial: LeaseTrial;
let bulkhead: Bulkhead;
let leases: Leases;
let dataSource: DataSource;
let client: pg.Client;

beforeAll(async () => {
  trial = await startLeaseTrial();
  ({ bulkhead, leases, dataSource, client } = trial);
});
afterAll(() => trial.stop());

/** Settles a pass as one that found everything in place; the next one would come in ten minutes. */
async function settle({ id, epoch, generation, wakes }: LeasedTenant): Promise<void> {
  const row: SettledRow = {
    id: uuidOf('tenant', id) ?? '',
    epoch,
    generation,
    wakes,
    phase: 'active',
    conditions: [],
    observed: true,
    failureCount: 0,
    refusals: 0,
    nextIn: '10 minutes',
    deleted: false,
    removed: [],
    applied: [],
    state: 'succeeded',
    steps: [],
    dropped: 0,
    error: null,
    durable: false,
  };
  expect((await client.query(SETTLE_UNLOCKED.text, [JSON.stringify([row])])).rows).toHaveLength(1);
}

async function begin(): Promise<LeasedTenant> {
  const [id = ''] = await newTenants(bulkhead, 1);
  const tenant = await leases.acquire(id, 'test', 60_000);
  if (tenant === null) throw new Error('the lease is taken');
  return tenant;
}

async function isDue(id: string): Promise<boolean> {
  const { rows } = await client.query<{ due: boolean }>(
    'SELECT next_reconcile_at <= now() AS due FROM tenants WHERE id = $1',
    [uuidOf('tenant', id)],
  );
  return rows[0]?.due === true;
}

test('a tenant that nobody wakes during a pass is not due after it', async () => {
  const tenant = await begin();
  await leases.renew(tenant.id, tenant.epoch, 60_000);
  await settle(tenant);
  expect(await isDue(tenant.id)).toBe(false);
});

test.for<[string, (tenant: LeasedTenant) => Promise<unknown>]>([
  ['a wake', ({ id }) => leases.wake(id)],
  [
    'new findings of an isolation check',
    (tenant) => storeIsolationFindings(dataSource.manager, tenant, { NetworkIsolated: ['5.3.2'] }),
  ],
  [
    'a write of an older version of Bulkhead',
    ({ id }) => client.query('UPDATE tenants SET next_reconcile_at = now() WHERE id = $1', [uuidOf('tenant', id)]),
  ],
])('after %s during a pass, the tenant is due as soon as the pass is settled', async ([, wake]) => {
  const tenant = await begin();
  await wake(tenant);
  // A renewal postpones what follows a holder that dies, and must not forget the wake.
  await leases.renew(tenant.id, tenant.epoch, 60_000);
  await settle(tenant);
  expect(await isDue(tenant.id)).toBe(true);

  const next = await leases.acquire(tenant.id, 'test', 60_000);
  if (next === null) throw new Error('the lease is taken');
  await settle(next);
  expect(await isDue(tenant.id)).toBe(false);
});

test('findings that are stored already ask for no other pass', async () => {
  const tenant = await begin();
  await settle(tenant);
  await storeIsolationFindings(dataSource.manager, tenant, null);
  expect(await isDue(tenant.id)).toBe(false);
});

test('a holder that lost its lease gets another pass after that of the new holder', async () => {
  const lost = await begin();
  await leases.release([lost]);
  const held = await leases.acquire(lost.id, 'another', 60_000);
  if (held === null) throw new Error('the lease is taken');
  await leases.wake(lost.id);
  await settle(held);
  expect(await isDue(lost.id)).toBe(true);
});

test('a comparison in memory is not the answer to a wake that came after its reading', async () => {
  const tenant = await begin();
  await settle(tenant);
  await leases.wake(tenant.id);
  const seen = (await leases.due(1_000)).filter(({ id }) => id === tenant.id);
  expect(seen).toHaveLength(1);
  await leases.wake(tenant.id);
  await leases.postpone(seen, 600_000);
  expect(await isDue(tenant.id)).toBe(true);
});

test('every new generation is announced', async () => {
  const announced: string[] = [];
  client.on('notification', ({ payload = '' }) => announced.push(payload));
  await client.query('LISTEN bulkhead_generations');
  const [id = ''] = await newTenants(bulkhead, 1);
  await bulkhead.api.send('PATCH', `/v1/tenants/${id}`, { displayName: 'Another' });
  const uuid = uuidOf('tenant', id) ?? '';
  await eventually('both are announced', () => Promise.resolve(announced.length >= 2));
  await client.query('UNLISTEN bulkhead_generations');
  expect(announced).toEqual([`${uuid} 1`, `${uuid} 2`]);
});
