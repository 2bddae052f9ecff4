import { afterAll, beforeAll, expect, test } from 'vitest';

import { type OperationBody, type TenantBody } from '../support/api-client.js';
import { Bulkhead, newSlug } from '../support/bulkhead.js';
import { type Program } from '../support/program.js';

let bulkhead: Bulkhead;
let worker: Program;
beforeAll(async () => {
  bulkhead = await Bulkhead.start();
  worker = await bulkhead.startWorker();
});
afterAll(() => bulkhead.stop());

/** As the migration of a newer release does, while this one runs. */
async function alterAll(change: string): Promise<void> {
  const tables = await bulkhead.database.query<{ name: string }>(
    `SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'schema_migrations'`,
  );
  for (const { name } of tables) await bulkhead.database.query(`ALTER TABLE ${name} ${change}`);
}

test('columns that a newer release adds or drops fail no request and no pass', async () => {
  const { tenant, operation } = await bulkhead.api.change('POST', '/v1/tenants', { slug: newSlug(), plan: 'free' });
  const paths = [
    `/v1/tenants/${tenant.id}`,
    `/v1/operations/${operation.id}`,
    '/v1/tenants',
    '/v1/links',
    '/v1/audit-events',
    '/v1/plans/free',
    `/v1/tenants/${tenant.id}/objects`,
    '/v1/plans/free/rollouts',
    '/v1/policies',
  ];
  /** Enough at a time for every connection of the pool to run, and so to have prepared, the statements. */
  const ask = async (): Promise<number[]> => {
    const answers = Array.from({ length: 5 }, () => paths).flat();
    const statuses = await Promise.all(answers.map(async (path) => (await bulkhead.api.send('GET', path)).status));
    const created = await Promise.all(
      Array.from({ length: 3 }, async () => {
        const { status, headers } = await bulkhead.api.send('POST', '/v1/tenants', { slug: newSlug(), plan: 'free' });
        if (status !== 202) return status;
        const ended = await bulkhead.api.get<OperationBody>(`${headers.get('location') ?? ''}?wait=45`);
        return ended.state === 'succeeded' ? status : 0;
      }),
    );
    return [...statuses, ...created];
  };
  const fine = new Set([200, 202]);
  expect(new Set(await ask())).toEqual(fine);
  await alterAll('ADD COLUMN added_later integer');
  expect(new Set(await ask())).toEqual(fine);
  await alterAll('DROP COLUMN added_later');
  expect(new Set(await ask())).toEqual(fine);
  expect(await bulkhead.api.get<TenantBody>(`/v1/tenants/${tenant.id}`)).toMatchObject({ phase: 'active' });
  for (const output of [worker.output(), bulkhead.apiOutput()]) expect(output).not.toContain('cached plan');
}, 120_000);
