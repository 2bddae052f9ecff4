import { BackgroundModule } from '#background';
import { idOf, PersistenceModule, type Transaction, Transactions, uuidOf } from '#persistence';
import { planSpecSchema } from '#plans';
import { QuestionsModule } from '#questions';
import { JobQueue } from '#queue';
import {
  type ChangedTenant,
  PlansService,
  TenancyModule,
  type Tenant,
  TenantChanges,
  TenantsService,
  type TenantToChange,
} from '#tenancy';
import { type INestApplicationContext, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';

import { newSlug } from '../support/bulkhead.js';
import { createDatabase, type Database } from '../support/database.js';

interface OperationRow {
  id: string;
  kind: string;
  state: string;
  generation: number;
  requested_by: string;
  retry_of: string | null;
  finished_at: Date | null;
}

const BY = 'key_test';
const plan = { id: 'changes', displayName: 'Changes', description: '' };
/** Jobs that were queued: the name, and the tenant that it is about. */
const jobs: string[] = [];
const queue = {
  add: (name: string, { tenantId = '' }: { tenantId?: string }): Promise<void> => {
    jobs.push(`${name} ${tenantId}`);
    return Promise.resolve();
  },
};

@Module({})
class QueueStub {}

@Module({})
class Root {}

let database: Database;
let app: INestApplicationContext;
let changes: TenantChanges;
let transactions: Transactions;

beforeAll(async () => {
  database = await createDatabase();
  const queueModule = {
    module: QueueStub,
    providers: [{ provide: JobQueue, useValue: queue }],
    exports: [JobQueue],
  };
  const imports = [
    BackgroundModule.forRoot('api'),
    PersistenceModule.forRoot({ url: database.url, poolSize: 10 }, 'test-changes'),
    TenancyModule.forRoot([queueModule, QuestionsModule.forRoot([queueModule])]),
  ];
  app = await NestFactory.createApplicationContext({ module: Root, imports }, { logger: false, abortOnError: false });
  [changes, transactions] = [app.get(TenantChanges), app.get(Transactions)];
  const spec = planSpecSchema.parse({ quota: { cpu: '1', memory: '1Gi' } });
  const plans = app.get(PlansService);
  await transactions.run((transaction) => plans.create(transaction, BY, { ...plan, spec }));
});
afterAll(async () => {
  await app.close();
  await database.drop();
});
beforeEach(() => {
  jobs.length = 0;
});

/** Ids of new tenants, as the API has them and as they are stored. */
async function newTenant(): Promise<{ id: string; uuid: string }> {
  const input = { slug: newSlug(), displayName: 'A', externalId: null, plan: { id: plan.id }, members: [], labels: {} };
  const { tenant } = await transactions.run((transaction) =>
    app.get(TenantsService).create(transaction, { by: BY, scope: null }, input),
  );
  jobs.length = 0;
  return { id: tenant.id, uuid: uuidOf('tenant', tenant.id) ?? '' };
}

async function newTenants(count: number): Promise<string[]> {
  const tenants = await Promise.all(Array.from({ length: count }, newTenant));
  return tenants.map(({ uuid }) => uuid);
}

/** As every caller of `change` does: locks the tenants in the order of their ids first. */
async function change(
  kind: Parameters<TenantChanges['change']>[1],
  tenants: (TenantToChange & { id: string })[],
  options?: { urgent?: boolean },
): Promise<ChangedTenant[]> {
  return transactions.run(async (transaction) => {
    const ids = tenants.map(({ id }) => id);
    await transaction.manager.query('SELECT FROM tenants WHERE id = ANY($1::uuid[]) ORDER BY id FOR UPDATE', [ids]);
    return changes.change(transaction, kind, tenants, options);
  });
}

const operationsOf = (uuid: string): Promise<OperationRow[]> =>
  database.query<OperationRow>('SELECT * FROM operations WHERE tenant_id = $1 ORDER BY generation', [uuid]);

async function rowOf(uuid: string): Promise<Record<string, unknown>> {
  const [row] = await database.query<Record<string, unknown>>(
    'SELECT *, next_reconcile_at <= now() AS due FROM tenants WHERE id = $1',
    [uuid],
  );
  return row ?? {};
}

test('a tenant is refused while there is no cluster to place it on', async () => {
  const input = { slug: newSlug(), displayName: 'A', externalId: null, plan: { id: plan.id }, members: [], labels: {} };
  const created = transactions.run(async (transaction) => {
    await transaction.manager.query('TRUNCATE clusters CASCADE');
    return app.get(TenantsService).create(transaction, { by: BY, scope: null }, input);
  });
  await expect(created).rejects.toMatchObject({
    code: 'service.unavailable',
    message: 'There is no cluster to place the tenant on.',
  });
  expect(jobs).toEqual([]);
});

test('one tenant gets the next generation and revision, is due, and has one new operation', async () => {
  const { id, uuid } = await newTenant();
  await database.query('UPDATE tenants SET failure_count = 3, next_reconcile_at = NULL WHERE id = $1', [uuid]);
  const [changed] = await change('update', [{ id: uuid, by: 'key_other' }]);
  expect(await rowOf(uuid)).toMatchObject({ generation: 2, revision: 2, failure_count: 0, due: true });
  const [created, operation] = await operationsOf(uuid);
  expect(created).toMatchObject({ kind: 'create', state: 'superseded', finished_at: expect.any(Date) as unknown });
  expect(operation).toMatchObject({ kind: 'update', state: 'pending', generation: 2, requested_by: 'key_other' });
  expect(operation).toMatchObject({ retry_of: null, finished_at: null });
  expect(changed).toMatchObject({ id: uuid, generation: 2, revision: 2, operationId: operation?.id });
  expect(jobs).toEqual([]);
  expect(id).toBe(idOf('tenant', uuid));
});

test('an operation that has ended keeps its end', async () => {
  const { uuid } = await newTenant();
  await database.query(`UPDATE operations SET state = 'failed', finished_at = now() WHERE tenant_id = $1`, [uuid]);
  const [failed] = await operationsOf(uuid);
  await change('create', [{ id: uuid, by: BY, retryOf: failed?.id ?? null }]);
  const [first, second] = await operationsOf(uuid);
  expect(first).toEqual(failed);
  expect(second).toMatchObject({ kind: 'create', state: 'pending', retry_of: failed?.id });
});

test('many tenants are changed together, each by its own caller and with its own columns', async () => {
  const uuids = await newTenants(20);
  const [untouched = ''] = await newTenants(1);
  const before = await rowOf(untouched);
  const asked = uuids.map((id, index) => ({ id, by: `key_${index}`, set: { labels: { number: String(index) } } }));
  const changed = await change('update', asked);
  expect(changed.map(({ id }) => id).toSorted()).toEqual(uuids.toSorted());
  for (const [index, uuid] of uuids.entries()) {
    expect(await rowOf(uuid)).toMatchObject({ generation: 2, labels: { number: String(index) }, display_name: 'A' });
    const operations = await operationsOf(uuid);
    expect(operations.map(({ state }) => state)).toEqual(['superseded', 'pending']);
    expect(operations[1]?.requested_by).toBe(`key_${index}`);
  }
  expect(jobs).toEqual([]);
  expect(await rowOf(untouched)).toEqual(before);
});

test('an urgent change wakes a worker for each tenant', async () => {
  const uuids = await newTenants(3);
  await change(
    'hold',
    uuids.map((id) => ({ id, by: BY })),
    { urgent: true },
  );
  const wanted = uuids.map((uuid) => `reconcile-tenant-urgently ${idOf('tenant', uuid)}`);
  await expect.poll(() => jobs.toSorted()).toEqual(wanted.toSorted());
});

test('absent columns stay as they are, and null clears', async () => {
  const { uuid } = await newTenant();
  const at = new Date('2026-05-04T03:02:01.123Z');
  const scheduled = { deletionScheduledAt: at, deletionScheduledBy: BY, deletesAt: at };
  await change('schedule-deletion', [{ id: uuid, by: BY, set: scheduled }]);
  expect(await rowOf(uuid)).toMatchObject({ deletion_scheduled_at: at, deletion_scheduled_by: BY, deletes_at: at });
  await change('undelete', [{ id: uuid, by: BY, set: { deletesAt: null, displayName: 'It’s "B"' } }]);
  const row = await rowOf(uuid);
  expect(row).toMatchObject({ deletes_at: null, deletion_scheduled_at: at, display_name: 'It’s "B"', generation: 3 });
});

test('no tenants and unknown ones change nothing and wake nobody', async () => {
  expect(await change('update', [])).toEqual([]);
  const unknown = [{ id: '00000000-0000-7000-8000-000000000000', by: BY }];
  expect(await change('update', unknown)).toEqual([]);
  expect(
    await transactions.run((transaction) => changes.change(transaction, 'update', [{ id: null, by: BY }])),
  ).toEqual([]);
  expect(jobs).toEqual([]);
});

test('changes of the same tenants at the same time come one after the other', async () => {
  const uuids = await newTenants(5);
  const all = (by: string): Promise<ChangedTenant[]> =>
    change(
      'update',
      uuids.map((id) => ({ id, by })),
    );
  await Promise.all(['key_a', 'key_b', 'key_c', 'key_d'].map(all));
  for (const uuid of uuids) {
    expect(await rowOf(uuid)).toMatchObject({ generation: 5, revision: 5 });
    const operations = await operationsOf(uuid);
    expect(operations.map(({ generation }) => generation)).toEqual([1, 2, 3, 4, 5]);
    expect(operations.map(({ state }) => state)).toEqual([...Array<string>(4).fill('superseded'), 'pending']);
  }
});

test('a change that did not lock its tenant first cannot leave two open operations', async () => {
  const { uuid } = await newTenant();
  const unlocked = (transaction: Transaction): Promise<unknown> =>
    changes.change(transaction, 'update', [{ id: uuid, by: BY }]);
  const outcomes = await Promise.allSettled(Array.from({ length: 4 }, () => transactions.run(unlocked)));
  const done = outcomes.filter(({ status }) => status === 'fulfilled').length;
  const operations = await operationsOf(uuid);
  expect(operations.filter((operation) => operation.finished_at === null)).toHaveLength(1);
  expect(await rowOf(uuid)).toMatchObject({ generation: 1 + done });
  expect(operations).toHaveLength(1 + done);
});

test('a change that is rolled back wakes nobody and leaves the open operation open', async () => {
  const { uuid } = await newTenant();
  const failing = transactions.run(async (transaction) => {
    await changes.change(transaction, 'update', [{ id: uuid, by: BY }]);
    throw new Error('rolled back');
  });
  await expect(failing).rejects.toThrow('rolled back');
  expect(jobs).toEqual([]);
  expect(await operationsOf(uuid)).toMatchObject([{ state: 'pending', generation: 1 }]);
});

test('a locked tenant and its operation are returned as they are stored', async () => {
  const { id, uuid } = await newTenant();
  const { tenant, operation } = await transactions.run(async (transaction) => {
    const locked = await changes.lock(transaction, { id, revisions: [1] });
    return changes.changeLocked(transaction, locked, { kind: 'update', by: BY, set: { displayName: 'B' } });
  });
  const stored: Tenant = await app.get(TenantsService).get(id);
  expect(tenant).toMatchObject({ displayName: 'B', generation: 2, revision: 2, updatedAt: stored.updatedAt });
  const [, row] = await operationsOf(uuid);
  expect(uuidOf('op', operation.id)).toBe(row?.id);
  await expect(
    transactions.run((transaction) => changes.lock(transaction, { id, revisions: [1] })),
  ).rejects.toMatchObject({ code: 'precondition.failed' });
});

test('an external id that another tenant has is refused', async () => {
  const [{ id }, other] = [await newTenant(), await newTenant()];
  await change('update', [{ id: other.uuid, by: BY, set: { externalId: 'cus_taken' } }]);
  const taking = transactions.run(async (transaction) => {
    const tenant = await changes.lock(transaction, { id, revisions: null });
    return changes.changeLocked(transaction, tenant, { kind: 'update', by: BY, set: { externalId: 'cus_taken' } });
  });
  await expect(taking).rejects.toMatchObject({ code: 'tenant.external_id_taken' });
});

test('thousands of tenants are changed by one statement', async () => {
  await database.query(
    `INSERT INTO tenants (id, slug, display_name, plan_id, plan_version, cluster_id, members, labels, phase, generation)
     SELECT gen_random_uuid(), 'many-' || n, 'Many', $1, 1, (SELECT id FROM clusters), '[]', '{}', 'active', 1
     FROM generate_series(1, 5000) n`,
    [plan.id],
  );
  const tenants = await database.query<{ id: string }>(`SELECT id FROM tenants WHERE slug LIKE 'many-%'`);
  const changed = await change(
    'update',
    tenants.map(({ id }) => ({ id, by: BY })),
  );
  expect(changed).toHaveLength(5000);
  expect(new Set(changed.map(({ operationId }) => operationId)).size).toBe(5000);
});
