import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { type ApiAnswer, type TenantBody } from '../support/api-client.js';
import { Bulkhead, newSlug } from '../support/bulkhead.js';
import { Cluster } from '../support/cluster.js';

const cluster = new Cluster();
let bulkhead: Bulkhead;
beforeAll(async () => {
  bulkhead = await Bulkhead.start();
  await bulkhead.startWorker();
});
afterAll(() => bulkhead.stop());

const newTenant = async (): Promise<TenantBody> =>
  (await bulkhead.api.change('POST', '/v1/tenants', { slug: newSlug(), plan: 'free' })).tenant;
const add = (tenant: TenantBody, host: string): Promise<ApiAnswer> =>
  bulkhead.api.send('POST', `/v1/tenants/${tenant.id}/hosts`, { host });
const hostsOf = async ({ id }: TenantBody): Promise<string[]> =>
  (await bulkhead.api.get<{ items: { host: string }[] }>(`/v1/tenants/${id}/hosts`)).items.map(({ host }) => host);
const annotationOf = async ({ namespaces }: TenantBody): Promise<string | undefined> =>
  (await cluster.core.readNamespace({ name: namespaces[0]?.name ?? '' })).metadata?.annotations?.['bulkhead.io/hosts'];

describe('a host', () => {
  test('is also assigned to the tenant in the cluster, until it is removed', async () => {
    const tenant = await newTenant();
    const path = `/v1/tenants/${tenant.id}/hosts`;
    const [one, two] = [`b.${tenant.slug}.example`, `a.${tenant.slug}.example`];
    for (const host of [one, two]) {
      const { operation } = await bulkhead.api.change('POST', path, { host });
      expect(operation).toMatchObject({ kind: 'update', state: 'succeeded' });
    }
    expect(await hostsOf(tenant)).toEqual([two, one]);
    expect(await annotationOf(tenant)).toBe(`${two},${one}`);
    expect((await bulkhead.api.change('DELETE', `${path}/${one}`)).operation).toMatchObject({ state: 'succeeded' });
    expect(await annotationOf(tenant)).toBe(two);
    expect(await bulkhead.api.send('DELETE', `${path}/${one}`)).toMatchObject({
      status: 404,
      body: { code: 'host.not_found' },
    });
  });

  test('cannot be added to another tenant, nor can its parents and subdomains', async () => {
    const [owner, other] = [await newTenant(), await newTenant()];
    const host = `shop.${owner.slug}.example`;
    expect((await add(owner, host)).status).toBe(202);
    for (const taken of [host, `eu.${host}`, `${owner.slug}.example`]) {
      expect(await add(other, taken)).toMatchObject({ status: 409, body: { code: 'host.taken' } });
      expect((await add(owner, taken)).status).toBe(202);
    }
    expect((await add(other, `evil${owner.slug}.example`)).status).toBe(202);
    // Concurrent requests are serialized.
    const contested = `${newSlug('contested')}.example`;
    const answers = await Promise.all([add(owner, contested), add(other, `a.${contested}`)]);
    expect(answers.map(({ status }) => status).sort()).toEqual([202, 409]);
  });

  test('is free again once its tenant is deleted', async () => {
    const [first, second] = [await newTenant(), await newTenant()];
    const host = `${first.slug}.example`;
    await bulkhead.api.change('POST', `/v1/tenants/${first.id}/hosts`, { host });
    expect((await bulkhead.api.removeTenant(first.id)).operation).toMatchObject({ state: 'succeeded' });
    expect((await add(second, host)).status).toBe(202);
  });

  test.for([
    ['*.acme.example', 'wildcard'],
    ['com', 'at least one dot'],
    ['Acme.example', 'lower case'],
    ['acme.example.', 'end with a dot'],
    ['müller.example', 'xn--'],
    ['203.0.113.7', 'not an address'],
    ['acme.example:443', 'not an address or a port'],
    ['kubernetes.default.svc.cluster.local', 'of the cluster'],
    ['-a.example', 'inner hyphens'],
    ['a..example', 'labels'],
    ['', 'at least one dot'],
  ])('is not "%s"', async ([host = '', word]) => {
    const tenant = await newTenant();
    const answer = await add(tenant, host);
    expect(answer).toMatchObject({ status: 400, body: { code: 'request.invalid', errors: [{ pointer: '/host' }] } });
    expect(JSON.stringify(answer.body['errors'])).toContain(word);
  });

  test('is one of at most a hundred', async () => {
    const tenant = await newTenant();
    await bulkhead.database.query(
      `INSERT INTO hosts (host, tenant_id, created_by)
       SELECT 'h' || n || '.' || $1 || '.example', (SELECT id FROM tenants WHERE slug = $1), 'me'
       FROM generate_series(1, 100) AS n`,
      [tenant.slug],
    );
    const answer = await add(tenant, `one-more.${tenant.slug}.example`);
    expect(answer).toMatchObject({ status: 409, body: { code: 'host.limit' } });
  });
});

test('hosts of an unknown tenant are not found, and readers cannot add hosts', async () => {
  const path = '/v1/tenants/tenant_01h455vb4pex5vsknk084sn02q/hosts';
  expect((await bulkhead.api.send('GET', path)).status).toBe(404);
  expect((await bulkhead.api.send('POST', path, { host: 'a.example' })).status).toBe(404);
  const auditor = bulkhead.api.as(await bulkhead.createKey('auditor'));
  expect((await auditor.send('POST', path, { host: 'a.example' })).status).toBe(403);
});
