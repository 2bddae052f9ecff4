import { readFileSync } from 'node:fs';
import path from 'node:path';

import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { type ApiClient } from '../support/api-client.js';
import { Bulkhead, newSlug } from '../support/bulkhead.js';

interface Row {
  method: string;
  path: string;
  concerns: string;
  roles: string[];
}

const page = readFileSync(path.join(import.meta.dirname, '../../docs/roles.md'), 'utf8');
/** The table of requests, which people read. */
const rows: Row[] = [...page.matchAll(/^\| `([A-Z]+) (\S+)` +\| .+ \| ([\w-]+) +\| (.*?) +\|$/gm)].map(
  ([, method = '', route = '', concerns = '', roles = '']) => ({
    method,
    path: route,
    concerns,
    roles: roles.split(', '),
  }),
);
const ofPlatform = ['platform-admin', 'operator', 'billing', 'auditor'];
const ofTenant = ['tenant-owner', 'tenant-admin', 'tenant-developer', 'tenant-viewer'];

let bulkhead: Bulkhead;
beforeAll(async () => {
  bulkhead = await Bulkhead.start();
});
afterAll(() => bulkhead.stop());

interface Subject {
  id: string;
  externalId: string;
  operation: string;
}

async function newTenant(by: ApiClient): Promise<Subject> {
  const externalId = newSlug('cus');
  const { status, body, headers } = await by.send('POST', '/v1/tenants', { slug: newSlug(), plan: 'free', externalId });
  expect(status, JSON.stringify(body)).toBe(202);
  return { id: body['id'] as string, externalId, operation: headers.get('location')?.split('/').at(-1) ?? '' };
}

/** Sends a request with a body that no schema accepts, and returns its status and code. */
async function sent(
  client: ApiClient,
  row: Row,
  { id, externalId, operation }: Subject,
): Promise<{ status: number; code: unknown }> {
  const first = row.concerns === 'operation' ? operation : id;
  const route = row.path
    .replace('{id}', first)
    .replace('{externalId}', externalId)
    .replaceAll(/\{\w+\}/g, '1');
  const isStream = row.path.endsWith('/events') && row.path !== '/v1/audit-events';
  if (isStream) {
    const answer = await client.fetch(route, { accept: 'text/event-stream' });
    const code = answer.ok ? undefined : ((await answer.json()) as { code: string }).code;
    if (answer.ok) await answer.body?.cancel();
    return { status: answer.status, code };
  }
  const answer = await client.fetch(
    route,
    {},
    row.method === 'GET' ? undefined : { method: row.method, body: '{"unknown":true}' },
  );
  const text = await answer.text();
  const isProblem = answer.headers.get('content-type')?.includes('problem+json') === true;
  return { status: answer.status, code: isProblem ? (JSON.parse(text) as { code: string }).code : undefined };
}

/** Requests that need no permission. */
const isOpenTo = ({ roles }: Row): boolean => roles.includes('everybody') || roles.includes('every caller');

/** Deletions last: they change what the other requests concern. */
const ordered = rows.toSorted((a, b) => Number(a.method === 'DELETE') - Number(b.method === 'DELETE'));
const notFound: Readonly<Record<string, string>> = {
  tenant: 'tenant.not_found',
  'external-id': 'tenant.not_found',
  operation: 'operation.not_found',
};

test('the table lists every request', async () => {
  const { paths } = await bulkhead.api.get<{ paths: Record<string, object> }>('/openapi.json');
  const all = Object.entries(paths).flatMap(([route, methods]) =>
    Object.keys(methods).map((method) => `${method.toUpperCase()} ${route}`),
  );
  expect(rows.map(({ method, path: route }) => `${method} ${route}`).sort()).toEqual(all.sort());
});

describe.each(ofPlatform)('%s', (role) => {
  test('can send exactly the requests that the table lists', async () => {
    const client = bulkhead.api.as(await bulkhead.createKey(role));
    const subject = await newTenant(bulkhead.api);
    const differing: string[] = [];
    for (const row of ordered) {
      const { status, code } = await sent(client, row, subject);
      const may = isOpenTo(row) || row.roles.includes(role);
      const refused = status === 401 || (status === 403 && code === 'auth.forbidden');
      if (may === refused) differing.push(`${row.method} ${row.path}: ${status}`);
    }
    expect(differing).toEqual([]);
  });
});

describe.each(['signup', ...ofTenant])('%s', (role) => {
  test('can send the requests that the table lists about its own tenant, and learns nothing of others', async () => {
    const stranger = await newTenant(bulkhead.api);
    const own = role === 'signup' ? null : await newTenant(bulkhead.api);
    const key = await bulkhead.createKey(role, ...(own === null ? [] : ['--tenant', own.id]));
    const client = bulkhead.api.as(key);
    const subject = own ?? (await newTenant(client));
    const differing: string[] = [];
    for (const row of ordered) {
      const [mine, others] = [await sent(client, row, subject), await sent(client, row, stranger)];
      const may = row.roles.includes(role) && row.concerns !== 'platform';
      const isOpen = isOpenTo(row);
      const wrong = (what: string, { status, code }: { status: number; code: unknown }): void => {
        differing.push(`${row.method} ${row.path}, ${what}: ${status} ${String(code)}`);
      };
      // Who may create tenants is answered about a stranger's external id as about one that nobody has.
      const isHidden = row.concerns in notFound && !(row.concerns === 'external-id' && role === 'signup');
      if ((may || isOpen) === (mine.status === 401 || mine.status === 403)) wrong('own', mine);
      if (isHidden && may && mine.code === notFound[row.concerns]) wrong('own', mine);
      if (isHidden && others.code !== notFound[row.concerns]) wrong("a stranger's", others);
      if (!isHidden && !may && !isOpen && others.status !== 403) wrong("a stranger's", others);
    }
    expect(differing).toEqual([]);
  });

  test('lists only its own', async () => {
    const stranger = await newTenant(bulkhead.api);
    const own = role === 'signup' ? null : await newTenant(bulkhead.api);
    const key = await bulkhead.createKey(role, ...(own === null ? [] : ['--tenant', own.id]));
    const client = bulkhead.api.as(key);
    const { id, operation } = own ?? (await newTenant(client));
    const ids = async (list: string): Promise<string[]> => {
      const { items } = await client.get<{ items: { id: string }[] }>(list);
      return items.map((item) => item.id);
    };
    expect(await ids('/v1/tenants')).toEqual([id]);
    expect(await ids('/v1/operations')).toEqual([operation]);
    expect(await ids(`/v1/operations?tenantId=${stranger.id}`)).toEqual([]);
  });
});

describe('members of a change that need more', () => {
  const allowed: Record<string, string[]> = {
    billing: ['displayName', 'plan', 'externalId'],
    operator: ['displayName', 'plan', 'externalId', 'labels', 'members'],
    'tenant-owner': ['displayName', 'members'],
    'tenant-admin': ['displayName'],
    'tenant-developer': [],
  };
  const changes = {
    displayName: 'Acme',
    plan: 'free',
    externalId: null,
    labels: { region: 'eu' },
    members: [{ kind: 'User', name: 'mallory@acme.example', role: 'tenant-owner' }],
  };

  test.each(Object.keys(allowed))('%s', async (role) => {
    const { id } = await newTenant(bulkhead.api);
    const bound = role.startsWith('tenant-') ? ['--tenant', id] : [];
    const client = bulkhead.api.as(await bulkhead.createKey(role, ...bound));
    const accepted: string[] = [];
    for (const [member, value] of Object.entries(changes)) {
      const { status, body } = await client.send('PATCH', `/v1/tenants/${id}`, { [member]: value });
      expect([202, 403], JSON.stringify(body)).toContain(status);
      if (status === 202) accepted.push(member);
    }
    expect(accepted).toEqual(allowed[role]);
    if (accepted.length === Object.keys(changes).length) return;
    // One member that needs more spoils the whole change.
    expect((await client.send('PATCH', `/v1/tenants/${id}`, changes)).status).toBe(403);
  });
});
