import { afterAll, beforeAll, expect, test } from 'vitest';

import { Bulkhead, newSlug } from '../../support/bulkhead.js';

let bulkhead: Bulkhead;
beforeAll(async () => {
  bulkhead = await Bulkhead.start();
  const { database } = bulkhead;
  // The server of the tests never waits for the disk; sessions of this database would, by default.
  await database.query(`DO $$ BEGIN
    EXECUTE format('ALTER DATABASE %I SET synchronous_commit = on', current_database()); END $$`);
  await database.query('CREATE TABLE settlements (slug text, phase text, waits text)');
  await database.query(`CREATE FUNCTION note_settlement() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      INSERT INTO settlements VALUES (NEW.slug, NEW.phase, current_setting('synchronous_commit'));
      RETURN NULL;
    END $$`);
  await database.query(`CREATE TRIGGER note AFTER UPDATE ON tenants FOR EACH ROW
    WHEN (OLD.lease_owner IS NOT NULL AND NEW.lease_owner IS NULL) EXECUTE FUNCTION note_settlement()`);
  // Its sessions begin now, with the new default.
  await bulkhead.startWorker();
});
afterAll(() => bulkhead.stop());

/** Whether settlements of a tenant in this phase waited for the disk, each setting once. */
async function waitsOf(slug: string, phase: string): Promise<string[]> {
  const rows = await bulkhead.database.query<{ waits: string }>(
    `SELECT DISTINCT waits FROM settlements WHERE slug = '${slug}' AND phase = '${phase}'`,
  );
  return rows.map(({ waits }) => waits);
}

async function change(method: 'POST' | 'PATCH' | 'DELETE', path: string, body?: object): Promise<string> {
  const { tenant, operation } = await bulkhead.api.change(method, path, body);
  expect(operation).toMatchObject({ state: 'succeeded', error: null });
  return tenant.id;
}

test('an ordinary result does not wait for the disk; one with which a tenant is cut off or gone does', async () => {
  const slug = newSlug('disk');
  const id = await change('POST', '/v1/tenants', { slug, plan: 'team', environments: ['main', 'staging'] });
  await change('PATCH', `/v1/tenants/${id}`, { displayName: 'Changed' });
  expect(await waitsOf(slug, 'active')).toEqual(['off']);

  for (const [effect, phase] of [
    ['suspend', 'suspended'],
    ['quarantine', 'quarantined'],
  ] as const) {
    const hold = await change('POST', `/v1/tenants/${id}/holds`, { source: 'admin', effect, reason: 'Because.' });
    expect(await waitsOf(slug, phase)).toEqual(['on']);
    await change('DELETE', `/v1/tenants/${id}/holds/${hold}`);
  }

  await bulkhead.api.removeTenant(id);
  expect(await waitsOf(slug, 'deleted')).toEqual(['on']);
});

test('a result that removes objects from the inventory waits for the disk', async () => {
  const slug = newSlug('disk');
  const members = [{ kind: 'User', name: 'alice@acme.example', role: 'tenant-admin' }];
  const id = await change('POST', '/v1/tenants', { slug, plan: 'team', members });
  expect(await waitsOf(slug, 'active')).toEqual(['off']);
  await change('PATCH', `/v1/tenants/${id}`, { members: [] });
  expect((await waitsOf(slug, 'active')).sort()).toEqual(['off', 'on']);
});
