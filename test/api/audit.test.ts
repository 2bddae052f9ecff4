import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { type ApiAnswer, type TenantBody } from '../support/api-client.js';
import { Bulkhead, newSlug } from '../support/bulkhead.js';
import { eventually } from '../support/eventually.js';

interface EventBody {
  at: string;
  id: string;
  actor: { id: string; role: string | null };
  action: string;
  tenantIds: string[];
  request: Record<string, unknown> | null;
  requestOmitted: object | null;
  location: string | null;
  source: Record<string, unknown>;
  sequence: number | null;
  hash: string | null;
  text: string;
}

const dir = mkdtempSync(path.join(tmpdir(), 'bulkhead-audit-'));
let bulkhead: Bulkhead;
beforeAll(async () => {
  bulkhead = await Bulkhead.start();
  await bulkhead.startWorker();
});
afterAll(async () => {
  await bulkhead.stop();
  rmSync(dir, { recursive: true });
});

async function events(query = ''): Promise<EventBody[]> {
  const { items } = await bulkhead.api.get<{ items: EventBody[] }>(`/v1/audit-events?limit=200&${query}`);
  return items;
}

/** Returns all entries, newest first, once all are sealed. */
function sealed(): Promise<EventBody[]> {
  return eventually('every entry is sealed', async () => {
    const all = await events();
    return all.length > 0 && all.every(({ sequence }) => sequence !== null) && all;
  });
}

async function newTenant(): Promise<TenantBody> {
  return (await bulkhead.api.change('POST', '/v1/tenants', { slug: newSlug(), plan: 'team' })).tenant;
}

test('every change has one entry with who, what, when and from where', async () => {
  const slug = newSlug();
  const headers = { 'x-request-id': 'audit-1', 'user-agent': 'test/1', 'x-forwarded-for': '192.0.2.1' };
  const body = { slug, plan: 'team' };
  const made = await bulkhead.api.send('POST', '/v1/tenants', body, headers);
  const { id } = (made.body as { tenant?: TenantBody }).tenant ?? (made.body as unknown as TenantBody);
  const [event, ...others] = await events(`tenantId=${id}`);
  expect(others).toEqual([]);
  expect(event).toMatchObject({
    action: 'tenants.create',
    tenantIds: [id],
    request: body,
    requestOmitted: null,
    location: made.headers.get('location'),
    actor: { id: expect.stringMatching(/^key_/) as string, role: 'platform-admin' },
    source: {
      kind: 'http',
      method: 'POST',
      url: '/v1/tenants',
      requestId: 'audit-1',
      address: '127.0.0.1',
      forwardedFor: '192.0.2.1',
      userAgent: 'test/1',
    },
  });
  const [clock] = await bulkhead.database.query<{ now: Date }>('SELECT now()');
  expect(Math.abs(Date.parse(event?.at ?? '') - Number(clock?.now))).toBeLessThan(60_000);
  const written = JSON.parse(event?.text ?? '{}') as object;
  expect(event).toMatchObject(written);
  expect(Object.keys(event ?? {}).sort()).toEqual([...Object.keys(written), 'hash', 'sequence', 'text'].sort());
});

test('refused, read, previewed and repeated requests have none', async () => {
  const tenant = await newTenant();
  const before = await events();
  expect((await bulkhead.api.send('POST', '/v1/tenants', { slug: tenant.slug, plan: 'team' })).status).toBe(409);
  expect((await bulkhead.api.send('POST', '/v1/tenants', { slug: 'NO' })).status).toBe(400);
  const auditor = bulkhead.api.as(await bulkhead.createKey('auditor'));
  expect((await auditor.send('DELETE', `/v1/tenants/${tenant.id}`)).status).toBe(403);
  await bulkhead.api.get(`/v1/tenants/${tenant.id}`);
  await bulkhead.api.send('POST', '/v1/quarantine/preview', { selector: { tenants: [tenant.id] } });
  const body = { slug: newSlug('once'), plan: 'team' };
  const once = (sent: object): Promise<ApiAnswer> =>
    bulkhead.api.send('POST', '/v1/tenants', sent, { 'idempotency-key': 'once' });
  const answers = [await once(body), await once(body), await once({ ...body, slug: newSlug() })];
  expect(answers.map(({ status }) => status)).toEqual([202, 202, 422]);
  const since = (await events()).slice(0, -before.length).map(({ action }) => action);
  // The key, and the first of the two requests with the same Idempotency-Key.
  expect(since).toEqual(['tenants.create', 'apikeys.create']);
});

test('keys and plans created by commands are included, without secrets', async () => {
  const key = await bulkhead.createKey('signup', '--expires-in-days', '3');
  const [, id = '', secret = ''] = key.split('_');
  await bulkhead.revokeKey(key);
  const [revoked, created] = await events('actor=command');
  const source = { kind: 'command', user: expect.any(String) as string, host: expect.any(String) as string };
  expect(revoked).toMatchObject({ action: 'apikeys.revoke', request: { id: `key_${id}` }, source });
  const expiresAt = expect.stringMatching(/Z$/) as string;
  expect(created).toMatchObject({
    action: 'apikeys.create',
    actor: { id: 'command', role: null },
    request: { id: `key_${id}`, name: 'test', role: 'signup', expiresAt },
    source: { ...source, command: 'create-api-key' },
  });
  expect(secret.length).toBeGreaterThan(20);
  expect(JSON.stringify(await events())).not.toContain(secret);
});

test('can be filtered by tenant, actor, action and time, page by page', async () => {
  const [one, two] = [await newTenant(), await newTenant()];
  const hold = { source: 'security', effect: 'freeze', reason: 'Test.' };
  expect((await bulkhead.api.send('POST', `/v1/tenants/${one.id}/holds`, hold)).status).toBeLessThan(300);
  const actions = async (query: string): Promise<string[]> => (await events(query)).map(({ action }) => action);
  expect(await actions(`tenantId=${one.id}`)).toEqual(['holds.place', 'tenants.create']);
  expect(await actions(`tenantId=${two.id}`)).toEqual(['tenants.create']);
  expect(new Set(await actions('action=holds.place'))).toEqual(new Set(['holds.place']));
  const [placed] = await events(`tenantId=${one.id}&action=holds.place`);
  const at = encodeURIComponent(placed?.at ?? '');
  expect(await actions(`tenantId=${one.id}&until=${at}`)).toEqual(['tenants.create']);
  expect(await actions(`tenantId=${one.id}&since=${at}`)).toEqual(['holds.place']);
  expect(await actions(`actor=${placed?.actor.id}&tenantId=${one.id}`)).toHaveLength(2);
  expect(await actions('actor=key_nobody')).toEqual([]);

  const all = (await events()).map(({ id }) => id);
  const paged: string[] = [];
  for (let cursor: string | null = ''; cursor !== null;) {
    const page: { items: EventBody[]; nextCursor: string | null } = await bulkhead.api.get(
      `/v1/audit-events?limit=2${cursor === '' ? '' : `&cursor=${cursor}`}`,
    );
    expect(page.items.length).toBeLessThanOrEqual(2);
    paged.push(...page.items.map(({ id }) => id));
    cursor = page.nextCursor;
  }
  expect(paged).toEqual(all);
  for (const wrong of ['tenantId=acme', 'since=yesterday', 'limit=0', 'cursor=x', 'colour=red']) {
    expect((await bulkhead.api.send('GET', `/v1/audit-events?${wrong}`)).status, wrong).toBe(400);
  }
});

test.for([
  ['auditor', 200],
  ['operator', 403],
  ['billing', 403],
  ['signup', 403],
] as const)('%s gets %i', async ([role, status]) => {
  const api = bulkhead.api.as(await bulkhead.createKey(role));
  for (const each of ['/v1/audit-events', '/v1/audit-events/head']) {
    await sealed();
    expect((await api.send('GET', each)).status).toBe(status);
  }
});

describe('the chain', () => {
  test('contains every change once and without gaps, however many changes and workers are concurrent', async () => {
    await bulkhead.startWorker();
    const tenant = await newTenant();
    const labelled = (count: number): Promise<ApiAnswer> =>
      bulkhead.api.send('PATCH', `/v1/tenants/${tenant.id}`, { labels: { count: String(count) } });
    const answers = await Promise.all(Array.from({ length: 60 }, (_, count) => labelled(count)));
    const changed = answers.filter(({ status }) => status === 202).length;
    expect(changed).toBe(60);
    const all = await sealed();
    const own = all.filter(({ action, tenantIds }) => action === 'tenants.update' && tenantIds.includes(tenant.id));
    expect(own).toHaveLength(changed);
    const places = all.map(({ sequence }) => sequence ?? 0).sort((a, b) => b - a);
    expect(places).toEqual(places.map((_, index) => places.length - index));
    expect(await bulkhead.command('verify-audit-log')).toMatchObject({
      code: 0,
      output: expect.stringContaining(`VALID: ${all.length} entries`) as string,
    });
  });

  test('cannot be changed with plain SQL', async () => {
    await sealed();
    const { database } = bulkhead;
    for (const statement of [
      "UPDATE audit_events SET actor = 'somebody'",
      "UPDATE audit_events SET entry = '{}' WHERE sequence = 1",
      'UPDATE audit_events SET sequence = NULL, hash = NULL WHERE sequence = 1',
      'DELETE FROM audit_events WHERE sequence = 1',
      'TRUNCATE audit_events',
    ]) {
      await expect(database.query(statement), statement).rejects.toThrow('only ever added to');
    }
  });

  /** Changes rows as the owner of the database, returns the output of the command, and reverts the changes. */
  async function verdictAfter(changes: string[], ...args: string[]): Promise<string> {
    const { database } = bulkhead;
    await database.query('CREATE TABLE kept AS SELECT * FROM audit_events');
    await database.query('ALTER TABLE audit_events DISABLE TRIGGER USER');
    try {
      for (const change of changes) await database.query(change);
      const { code, output } = await bulkhead.command('verify-audit-log', ...args);
      expect(code).toBe(output.startsWith('VALID') ? 0 : 1);
      return output.trim();
    } finally {
      await database.query('DELETE FROM audit_events');
      await database.query('INSERT INTO audit_events SELECT * FROM kept');
      await database.query('DROP TABLE kept');
      await database.query('ALTER TABLE audit_events ENABLE TRIGGER USER');
    }
  }

  test('detects changes by an attacker who can write every row', async () => {
    const [{ sequence: last }] = (await sealed()) as [EventBody];
    const second = (await events()).find(({ sequence }) => sequence === 2) as EventBody;
    const verdict = (...changes: string[]): Promise<string> => verdictAfter(changes);
    expect(await verdict("UPDATE audit_events SET entry = replace(entry, 'team', 'free') WHERE sequence = 2")).toBe(
      `NOT VALID: Entry 2 (${second.id}) was changed, or another entry preceded it.`,
    );
    expect(await verdict("UPDATE audit_events SET actor = 'key_other' WHERE sequence = 2")).toBe(
      `NOT VALID: "actor" of entry 2 (${second.id}) differs between its column and the sealed text.`,
    );
    expect(await verdict('DELETE FROM audit_events WHERE sequence = 2')).toBe('NOT VALID: Entry 2 is missing.');
    expect(await verdict('DELETE FROM audit_events WHERE sequence = 1')).toBe('NOT VALID: Entry 1 is missing.');
    // Entries that are not part of the chain, but that the API would list.
    const forged = (place: string): string =>
      `INSERT INTO audit_events SELECT gen_random_uuid(), at, actor, action, tenant_ids, entry, ${place}, hash
       FROM audit_events WHERE sequence = 2`;
    const beside = 'NOT VALID: Entries with an invalid position outside of the chain: 1.';
    expect(await verdict(forged('0'))).toBe(beside);
    expect(await verdict("UPDATE audit_events SET at = 'infinity' WHERE sequence = 2")).toBe(
      `NOT VALID: "at" of entry 2 (${second.id}) differs between its column and the sealed text.`,
    );
    // Truncation is only detectable with a stored head.
    expect(await verdict(`DELETE FROM audit_events WHERE sequence = ${last}`)).toContain('VALID');
  });

  test('detects a rewritten or truncated log with a stored head', async () => {
    const all = await sealed();
    const { body } = await bulkhead.api.send('GET', '/v1/audit-events/head');
    expect(body['statement']).toMatchObject({ sequence: all.length, hash: all[0]?.hash });
    const keys = await bulkhead.api.send('GET', '/.well-known/bulkhead-deletion-keys.json');
    const [head, trusted] = ['head.json', 'keys.json'].map((name) => path.join(dir, name)) as [string, string];
    writeFileSync(head, JSON.stringify(body));
    writeFileSync(trusted, JSON.stringify(keys.body));
    const args = ['--head', head, '--keys', trusted];
    // Later entries do not invalidate the head.
    await newTenant();
    await sealed();
    expect((await bulkhead.command('verify-audit-log', ...args)).output).toContain('contain the signed head');
    const cut = [`DELETE FROM audit_events WHERE sequence >= ${all.length} OR sequence IS NULL`];
    expect(await verdictAfter(cut, ...args)).toContain(`NOT VALID: The log ends at entry ${all.length - 1}`);
    // The last entry, changed and rehashed, with nothing after it.
    const forged = [
      `DELETE FROM audit_events WHERE sequence > ${all.length} OR sequence IS NULL`,
      `UPDATE audit_events e SET entry = forged.entry, hash = encode(sha256(convert_to(p.hash || E'\\n' || forged.entry, 'UTF8')), 'hex')
       FROM audit_events p, LATERAL (SELECT regexp_replace(x.entry, '"userAgent":[^,}]*', '"userAgent":null') || ' ' AS entry
         FROM audit_events x WHERE x.sequence = ${all.length}) forged
       WHERE e.sequence = ${all.length} AND p.sequence = ${all.length - 1}`,
    ];
    expect(await verdictAfter(forged)).toContain('VALID: ');
    expect(await verdictAfter(forged, ...args)).toContain('differs from the one signed at');
    writeFileSync(head, JSON.stringify({ ...body, keyId: 'other' }));
    expect((await bulkhead.command('verify-audit-log', ...args)).output).toContain('NOT VALID: The key id');
    expect((await bulkhead.command('verify-audit-log', '--head', head)).output).toContain('needs trusted keys');
    expect((await bulkhead.command('verify-audit-log', '--heads', head)).output).toContain('usage:');
  });
});
