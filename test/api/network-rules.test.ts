import { afterAll, beforeAll, expect, test } from 'vitest';

import { type ApiAnswer, type ApiClient } from '../support/api-client.js';
import { type Bulkhead, newSlug } from '../support/bulkhead.js';
import { inHours, type Json, refusal, rule, RulesApi } from '../support/network-rules.js';

let rules: RulesApi;
let bulkhead: Bulkhead;
beforeAll(async () => {
  rules = await RulesApi.start();
  ({ bulkhead } = rules);
});
afterAll(() => bulkhead.stop());

test('a rule is created, read, updated and deleted, and each change is one of the tenant', async () => {
  const tenant = await rules.newTenant('bounded', { environments: ['main', 'staging'] });
  const before = await rules.generationOf(tenant);
  const ports = [{ protocol: 'TCP', port: 5432 }];
  const podSelector = { matchLabels: { app: 'ledger' } };
  const expiresAt = inHours(1);
  const made = await rules.send(tenant, { ports, podSelector, environments: ['staging'], expiresAt });
  expect(made.status, JSON.stringify(made.body)).toBe(202);
  expect(made.headers.get('location')).toMatch(/^\/v1\/operations\/op_/);
  const path = `${tenant}/network-rules/${String(made.body['id'])}`;
  const read = await bulkhead.api.send('GET', path);
  expect(read.body).toEqual({
    id: expect.stringMatching(/^rule_/) as string,
    direction: 'egress',
    action: 'allow',
    cidrs: ['203.0.113.0/25'],
    hosts: [],
    except: [],
    ports,
    environments: ['staging'],
    podSelector,
    beyondPlan: false,
    reason: 'Contract 2026-117.',
    expiresAt,
    owner: 'platform',
    emergency: false,
    inForce: false,
    outOfForce: { code: 'pending', detail: expect.any(String) as string },
    layers: [{ layer: 'NetworkPolicy', address: expect.any(String) as string }],
    contradicts: [],
    createdBy: expect.stringMatching(/^key_/) as string,
    createdAt: expect.any(String) as string,
    updatedAt: expect.any(String) as string,
  });
  const etag = read.headers.get('etag') ?? '';
  const change = { cidrs: ['203.0.113.0/26'], podSelector: { matchLabels: { app: null, tier: 'back' } } };
  const changed = await bulkhead.api.send('PATCH', path, { ...change, expiresAt: null }, { 'if-match': etag });
  const wanted = { cidrs: ['203.0.113.0/26'], ports, podSelector: { matchLabels: { tier: 'back' } }, expiresAt: null };
  expect(changed).toMatchObject({ status: 202, body: wanted });
  const late = await bulkhead.api.send('PATCH', path, change, { 'if-match': etag });
  expect(refusal(late)).toEqual([412, 'precondition.failed', undefined]);
  const all = await bulkhead.api.send('PATCH', path, { podSelector: null, environments: null });
  expect(all.body).toMatchObject({ podSelector: null, environments: null, cidrs: ['203.0.113.0/26'] });
  expect(await bulkhead.api.get(`${tenant}/network-rules`)).toMatchObject({ items: [{ id: made.body['id'] }] });
  const deleted = await bulkhead.api.send('DELETE', path);
  expect(deleted).toMatchObject({ status: 202, body: { inForce: false, outOfForce: { code: 'deleted' } } });
  expect(refusal(await bulkhead.api.send('GET', path))).toEqual([404, 'network_rule.not_found', undefined]);
  expect(await rules.generationOf(tenant)).toBe(before + 4);
});

test('a repeated request creates one rule', async () => {
  const tenant = await rules.newTenant();
  const headers = { 'idempotency-key': newSlug('key') };
  const make = (): Promise<ApiAnswer> => bulkhead.api.send('POST', `${tenant}/network-rules`, rule(), headers);
  const [first, second] = [await make(), await make()];
  expect(second.headers.get('idempotency-replayed')).toBe('true');
  expect(second.body['id']).toBe(first.body['id']);
});

test('the list is divided into pages, newest first', async () => {
  const tenant = await rules.newTenant();
  const made = [await rules.send(tenant), await rules.send(tenant), await rules.send(tenant)].map(
    ({ body }) => body['id'],
  );
  const page = await bulkhead.api.get<{ items: Json[]; nextCursor: string }>(`${tenant}/network-rules?limit=2`);
  const rest = await bulkhead.api.get<{ items: Json[]; nextCursor: null }>(
    `${tenant}/network-rules?limit=2&cursor=${page.nextCursor}`,
  );
  expect([...page.items, ...rest.items].map(({ id }) => id)).toEqual(made.toReversed());
  expect(rest.nextCursor).toBeNull();
});

test('rules that contradict each other name each other', async () => {
  const tenant = await rules.newTenant();
  const allow = await rules.send(tenant);
  const deny = await rules.send(tenant, {
    action: 'deny',
    cidrs: ['203.0.113.64/28'],
    ports: [{ port: 80, endPort: 90 }],
  });
  await rules.send(tenant, { action: 'deny', beyondPlan: true, cidrs: ['203.0.113.128/25'] });
  const [allowing, denying] = [allow, deny].map(({ body }) => String(body['id']));
  expect(deny.body['contradicts']).toEqual([{ id: allowing, prevails: true }]);
  const read = await bulkhead.api.get(`${tenant}/network-rules/${allowing ?? ''}`);
  expect(read['contradicts']).toEqual([{ id: denying, prevails: false }]);
});

test('members set rules within the plan; the platform beyond it, in its own rules', async () => {
  const tenant = await rules.newTenant();
  const owner = bulkhead.api.as(await bulkhead.createKey('tenant-owner', '--tenant', tenant.split('/').at(-1) ?? ''));
  const own = await rules.send(tenant, {}, owner);
  expect(own).toMatchObject({ status: 202, body: { owner: 'tenant' } });
  expect(refusal(await rules.send(tenant, { beyondPlan: true }, owner))[1]).toBe('auth.forbidden');
  const theirs = await rules.send(tenant, { action: 'deny' });
  const change = (path: unknown, body: Json, as: ApiClient = owner): Promise<ApiAnswer> =>
    as.send('PATCH', `${tenant}/network-rules/${String(path)}`, body);
  expect(refusal(await change(theirs.body['id'], { reason: 'Mine.' }))[1]).toBe('auth.forbidden');
  const removal = await owner.send('DELETE', `${tenant}/network-rules/${String(theirs.body['id'])}`);
  expect(refusal(removal)[1]).toBe('auth.forbidden');
  expect(refusal(await change(own.body['id'], { beyondPlan: true }))[1]).toBe('auth.forbidden');
  expect((await change(own.body['id'], { reason: 'Ours.' })).status).toBe(202);
  const billing = bulkhead.api.as(await bulkhead.createKey('billing'));
  expect(refusal(await rules.send(tenant, {}, billing))[1]).toBe('auth.forbidden');
});
