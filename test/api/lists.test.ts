import { afterAll, beforeAll, expect, test } from 'vitest';

import { Bulkhead, newSlug } from '../support/bulkhead.js';

interface List {
  items: { id: string; slug: string; version: number }[];
  nextCursor: string | null;
}

let bulkhead: Bulkhead;
const slugs = Array.from({ length: 7 }, () => newSlug('list'));

beforeAll(async () => {
  bulkhead = await Bulkhead.start();
  for (const slug of slugs) {
    await bulkhead.api.send('POST', '/v1/tenants', { slug, plan: slugs.indexOf(slug) < 2 ? 'free' : 'team' });
  }
});
afterAll(() => bulkhead.stop());

/** The content of a built-in plan with changes. */
async function specOf(change: object): Promise<object> {
  const { spec } = await bulkhead.api.get<{ spec: object }>('/v1/plans/free');
  return { ...spec, ...change };
}

async function crawl(path: string): Promise<List['items']> {
  const items: List['items'] = [];
  for (let cursor: string | null = ''; cursor !== null;) {
    const page: List = await bulkhead.api.get<List>(
      `${path}&cursor=${cursor}`.replace('&cursor=&', '&').replace(/&cursor=$/, ''),
    );
    items.push(...page.items);
    cursor = page.nextCursor;
  }
  return items;
}

test('pages of any size return every tenant once, newest first', async () => {
  for (const limit of [1, 3, 7, 50]) {
    expect((await crawl(`/v1/tenants?limit=${limit}`)).map(({ slug }) => slug)).toEqual([...slugs].reverse());
  }
});

test('a tenant created during paging does not affect later pages', async () => {
  const first = await bulkhead.api.get<List>('/v1/tenants?limit=3&plan=team');
  await bulkhead.api.send('POST', '/v1/tenants', { slug: newSlug('late'), plan: 'team' });
  const second = await bulkhead.api.get<List>(`/v1/tenants?limit=3&plan=team&cursor=${first.nextCursor ?? ''}`);
  expect([...first.items, ...second.items].map(({ slug }) => slug)).toEqual([...slugs.slice(2)].reverse());
});

test('filters find tenants by slug, plan and phase', async () => {
  const [slug = ''] = slugs;
  expect((await crawl(`/v1/tenants?slug=${slug}`)).map((item) => item.slug)).toEqual([slug]);
  expect(await crawl('/v1/tenants?plan=free')).toHaveLength(2);
  expect(await crawl('/v1/tenants?phase=active')).toEqual([]);
});

test('tenants are found by labels and by parts of their names, and counted', async () => {
  const mark = newSlug('mark');
  const create = async (labels: object, displayName: string, externalId: string | null = null): Promise<string> => {
    const { body } = await bulkhead.api.send('POST', '/v1/tenants', {
      ...{ slug: newSlug('find'), plan: 'free', displayName, externalId },
      labels: { mark, ...labels },
    });
    return body['id'] as string;
  };
  const eu = await create({ region: 'eu' }, 'Müller & Söhne');
  const us = await create({ region: 'us', 'example.com/tier': 'gold' }, '100% Inc.', `cus_${mark}`);
  const ids = async (query: string): Promise<string[]> =>
    (await bulkhead.api.get<List>(`/v1/tenants?${query}`)).items.map(({ id }) => id);
  expect(await ids(`label=mark=${mark}`)).toEqual([us, eu]);
  expect(await ids(`label=mark=${mark}&label=region=eu`)).toEqual([eu]);
  expect(await ids(`label=mark=${mark}&label=example.com/tier`)).toEqual([us]);
  expect(await ids(`label=mark=${mark}&label=region=asia`)).toEqual([]);
  expect(await ids(`q=${encodeURIComponent('MÜLLER')}`)).toEqual([eu]);
  expect(await ids(`q=${encodeURIComponent('0% i')}`)).toEqual([us]);
  expect(await ids(`q=us_${mark}`)).toEqual([us]);
  expect(await ids(`q=_%25&label=mark=${mark}`)).toEqual([]);
  const counted = await bulkhead.api.get(`/v1/tenants?label=mark=${mark}&limit=1&count=true`);
  expect(counted).toMatchObject({ items: [{ id: us }], total: 2 });
  expect(await bulkhead.api.get(`/v1/tenants?limit=1`)).not.toHaveProperty('total');
  for (const label of ['=eu', 'a=b=c', 'a b', '']) {
    const refused = await bulkhead.api.send('GET', `/v1/tenants?label=${encodeURIComponent(label)}`);
    expect({ label, status: refused.status }).toEqual({ label, status: 400 });
  }
});

test('a plan is renamed, retired, offered again, and deleted only if no tenant ever had it', async () => {
  const id = newSlug('plan');
  await bulkhead.api.send('POST', '/v1/plans', { id, displayName: 'Old', spec: await specOf({}) });
  const path = `/v1/plans/${id}`;
  const retired = await bulkhead.api.send('PATCH', path, { displayName: 'New', retired: true });
  expect(retired).toMatchObject({ status: 200, body: { displayName: 'New', version: 1 } });
  expect(retired.body['retiredAt']).toEqual(expect.any(String));
  expect(await bulkhead.api.get(path)).toEqual(retired.body);
  const refused = { status: 422, body: { code: 'tenant.plan_retired', errors: [{ pointer: '/plan' }] } };
  expect(await bulkhead.api.send('POST', '/v1/tenants', { slug: newSlug(), plan: id })).toMatchObject(refused);
  const other = await bulkhead.api.send('POST', '/v1/tenants', { slug: newSlug(), plan: 'free' });
  const tenant = `/v1/tenants/${other.body['id'] as string}`;
  expect(await bulkhead.api.send('PATCH', tenant, { plan: id })).toMatchObject(refused);
  expect((await bulkhead.api.send('PATCH', path, { retired: false })).body).toMatchObject({ retiredAt: null });
  expect((await bulkhead.api.send('PATCH', tenant, { plan: id })).status).toBe(202);
  await bulkhead.api.send('PATCH', path, { retired: true });
  // Who has it keeps it, and can be moved to another version of it.
  expect((await bulkhead.api.send('PATCH', tenant, { plan: { id, version: 1 } })).status).toBe(202);
  expect(await bulkhead.api.send('DELETE', path)).toMatchObject({ status: 409, body: { code: 'plan.in_use' } });

  const unused = newSlug('plan');
  await bulkhead.api.send('POST', '/v1/plans', { id: unused, displayName: 'Unused', spec: await specOf({}) });
  expect(await bulkhead.api.send('DELETE', `/v1/plans/${unused}`)).toMatchObject({ status: 200, body: { id: unused } });
  expect((await bulkhead.api.send('GET', `/v1/plans/${unused}`)).status).toBe(404);
  const again = await bulkhead.api.send('POST', '/v1/plans', { id: unused, displayName: 'B', spec: await specOf({}) });
  expect(again.status).toBe(201);
});

test('plan versions are immutable', async () => {
  const spec = await specOf({ environments: { max: 2 } });
  const id = newSlug('plan');
  const created = await bulkhead.api.send('POST', '/v1/plans', { id, displayName: 'Two', spec });
  expect(created).toMatchObject({ status: 201, body: { version: 1, latestVersion: 1 } });
  expect(created.headers.get('location')).toBe(`/v1/plans/${id}/versions/1`);
  expect(await bulkhead.api.send('POST', '/v1/plans', { id, displayName: 'Two', spec })).toMatchObject({
    status: 409,
    body: { code: 'plan.id_taken' },
  });
  expect(await bulkhead.api.send('POST', `/v1/plans/${id}/versions`, { spec })).toMatchObject({
    status: 409,
    body: { code: 'plan.unchanged' },
  });

  const next = await bulkhead.api.send('POST', `/v1/plans/${id}/versions`, {
    spec: await specOf({ environments: { max: 3 } }),
  });
  expect(next).toMatchObject({ status: 201, body: { version: 2, spec: { environments: { max: 3 } } } });
  expect(await bulkhead.api.get(`/v1/plans/${id}/versions/1`)).toMatchObject({
    version: 1,
    spec: { environments: { max: 2 } },
  });
  expect((await crawl(`/v1/plans/${id}/versions?limit=1`)).map(({ version }) => version)).toEqual([1, 2]);
  await expect(
    bulkhead.database.query(`UPDATE plan_versions SET spec = '{}' WHERE plan_id = $1`, [id]),
  ).rejects.toThrow('immutable');

  const plans = (await crawl('/v1/plans?limit=2')).map((plan) => plan.id);
  expect(plans).toEqual(expect.arrayContaining([id, 'free', 'regulated', 'team']));
  expect(new Set(plans).size).toBe(plans.length);
});

test('a tenant stays on its plan version until it is moved', async () => {
  const id = newSlug('plan');
  await bulkhead.api.send('POST', '/v1/plans', { id, displayName: 'Moving', spec: await specOf({}) });
  const { body } = await bulkhead.api.send('POST', '/v1/tenants', { slug: newSlug(), plan: id });
  await bulkhead.api.send('POST', `/v1/plans/${id}/versions`, { spec: await specOf({ environments: { max: 2 } }) });
  const path = `/v1/tenants/${body['id'] as string}`;
  expect(await bulkhead.api.get(path)).toMatchObject({ plan: { id, version: 1 } });
  expect((await bulkhead.api.send('PATCH', path, { plan: id })).body).toMatchObject({ plan: { id, version: 2 } });
});

test('operations are listed by tenant and state, newest first', async () => {
  const { body } = await bulkhead.api.send('POST', '/v1/tenants', { slug: newSlug(), plan: 'free' });
  const tenantId = body['id'] as string;
  for (const displayName of ['One', 'Two']) {
    await bulkhead.api.send('PATCH', `/v1/tenants/${tenantId}`, { displayName });
  }
  interface Operations {
    items: { kind: string; state: string; generation: number }[];
    nextCursor: string | null;
  }
  const all = await bulkhead.api.get<Operations>(`/v1/operations?tenantId=${tenantId}&limit=2`);
  expect(all.items).toMatchObject([
    { kind: 'update', state: 'pending', generation: 3 },
    { kind: 'update', state: 'superseded', generation: 2 },
  ]);
  const rest = await bulkhead.api.get<Operations>(`/v1/operations?tenantId=${tenantId}&cursor=${all.nextCursor ?? ''}`);
  expect(rest).toMatchObject({ items: [{ kind: 'create', state: 'superseded' }], nextCursor: null });
  const pending = await bulkhead.api.get<Operations>(`/v1/operations?tenantId=${tenantId}&state=pending`);
  expect(pending.items).toHaveLength(1);
  expect(await bulkhead.api.get('/v1/operations?tenantId=nonsense')).toEqual({ items: [], nextCursor: null });
});
