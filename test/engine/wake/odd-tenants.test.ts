import { afterAll, beforeAll, expect, test } from 'vitest';

import { type OperationBody, type TenantBody } from '../../support/api-client.js';
import { Bulkhead, newSlug } from '../../support/bulkhead.js';
import { eventually } from '../../support/eventually.js';
import { FaultProxy } from '../../support/fault-proxy.js';
import { newPlan } from '../../support/workload-plans.js';

// Rows and answers that no request of ours could cause, and that stop nobody but the tenant that they are about.
let bulkhead: Bulkhead;
let proxy: FaultProxy;
beforeAll(async () => {
  proxy = await FaultProxy.start();
  bulkhead = await Bulkhead.start({ kubeconfig: proxy.kubeconfig });
  await bulkhead.startWorker();
});
afterAll(async () => {
  await bulkhead.stop();
  await proxy.stop();
});

const newTenant = async (plan: string): Promise<TenantBody> =>
  (await bulkhead.api.change('POST', '/v1/tenants', { slug: newSlug('odd'), plan })).tenant;
const read = (id: string): Promise<TenantBody> => bulkhead.api.get<TenantBody>(`/v1/tenants/${id}`);

test('tenants that cannot be rendered say why, and all others are compared', async () => {
  const plan = await newPlan(bulkhead, []);
  const [bound, planned] = [await newTenant('free'), await newTenant(plan)];
  const others = [await newTenant('free'), await newTenant('free')];
  const slugs = others.map(({ slug }) => slug);
  // As an older release may have written them. They are due before the others.
  await bulkhead.database.query('ALTER TABLE plan_versions DISABLE TRIGGER USER');
  await bulkhead.database.query(
    `UPDATE plan_versions SET spec = jsonb_set(spec::jsonb, '{network}', 'null') WHERE plan_id = '${plan}'`,
  );
  await bulkhead.database.query(
    `UPDATE tenants SET members = '[{"kind": "User", "name": "system:old", "role": "tenant-viewer"}]'
     WHERE slug = '${bound.slug}'`,
  );
  await bulkhead.database.query(
    `UPDATE tenants SET next_reconcile_at = now() - CASE WHEN slug = ANY('{${slugs.join(',')}}')
       THEN interval '0' ELSE interval '1 minute' END`,
  );
  await eventually('the others were compared', async () => {
    const due = await bulkhead.database.query(
      `SELECT 1 FROM tenants WHERE slug = ANY('{${slugs.join(',')}}') AND next_reconcile_at <= now() + interval '1 minute'`,
    );
    return due.length === 0;
  });
  for (const [{ id }, reason] of [
    [bound, 'Refusing to bind system name "system:old"'],
    [planned, 'cannot be rendered'],
  ] as const) {
    const { conditions } = await eventually('the tenant says why', async () => {
      const tenant = await read(id);
      return tenant.phase === 'failed' && tenant;
    });
    const ready = conditions.find(({ type }) => type === 'Ready');
    expect(ready).toMatchObject({ status: 'False', reason: 'NotRenderable' });
    expect(ready?.message).toContain(reason);
  }

  const { operation } = await bulkhead.api.change('PATCH', `/v1/tenants/${bound.id}`, { labels: { a: 'b' } });
  expect(operation).toMatchObject({ state: 'failed', error: { reason: 'NotRenderable' } });
  expect(operation.error?.remedy).toContain('Change what the message names');
  const matrix = await bulkhead.api.get<{ places: { id: string }[]; leftOut: { id: string }[] }>('/v1/reachability');
  expect(matrix.leftOut.map(({ id }) => id)).toEqual([planned.id]);
  expect(matrix.places.map(({ id }) => id)).toEqual(expect.arrayContaining(others.map(({ id }) => id)));
  expect(await bulkhead.api.send('GET', `/v1/tenants/${planned.id}/reachability`)).toMatchObject({
    status: 409,
    body: { code: 'tenant.not_renderable' },
  });
  expect(await bulkhead.api.send('GET', `/v1/tenants/${others[0]?.id ?? ''}/reachability`)).toMatchObject({
    status: 200,
    body: { leftOut: [{ id: planned.id }] },
  });

  const members = [{ kind: 'User', name: 'new@acme.example', role: 'tenant-viewer' }];
  const { operation: mended } = await bulkhead.api.change('PATCH', `/v1/tenants/${bound.id}`, { members });
  expect(mended).toMatchObject({ state: 'succeeded', error: null });
}, 120_000);

test('a refusal whose text jsonb refuses is reported like any other', async () => {
  const slug = newSlug('odd');
  const lift = proxy.use(({ isWrite, path }) => {
    if (!isWrite || !path.includes(`/tn-${slug}/limitranges`)) return undefined;
    // A NUL, half of a character, and a character where the text is cut.
    const message = `no\0 way \ud83d ${'x'.repeat(1_989)}😀 and more`;
    return { kind: 'answer', status: 422, body: { reason: 'Invalid', message } };
  });
  const { tenant, operation } = await bulkhead.api.change('POST', '/v1/tenants', { slug, plan: 'free' });
  expect(operation).toMatchObject({ state: 'failed', error: { reason: 'WriteRefused' } });
  expect(operation.error?.message).toMatch(/^no way \uFFFD x+$/);
  expect(operation.steps.find(({ state }) => state === 'failed')?.error).toMatch(/^no way \uFFFD x+$/);
  expect(await read(tenant.id)).toMatchObject({ phase: 'failed' });
  lift();
  const { headers } = await bulkhead.api.send('POST', `/v1/operations/${operation.id}/retry`);
  const again = await bulkhead.api.get<OperationBody>(`${headers.get('location') ?? ''}?wait=45`);
  expect(again).toMatchObject({ state: 'succeeded' });
});
