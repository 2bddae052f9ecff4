import { afterAll, beforeAll, expect, test } from 'vitest';

import { type TenantBody } from '../support/api-client.js';
import { Bulkhead, newSlug } from '../support/bulkhead.js';
import { Cluster } from '../support/cluster.js';
import { linkOnce, makeService, proposeLink } from '../support/links.js';

const cluster = new Cluster();
let bulkhead: Bulkhead;
beforeAll(async () => {
  bulkhead = await Bulkhead.start();
  await bulkhead.startWorker();
});
afterAll(() => bulkhead.stop());

async function newTenant(): Promise<TenantBody> {
  return (await bulkhead.api.change('POST', '/v1/tenants', { slug: newSlug(), plan: 'team' })).tenant;
}
const labelled = (count: number, word: string): Record<string, string> =>
  Object.fromEntries(Array.from({ length: count }, (_, index) => [`${word}-${index}`, 'v']));
/** As an administrator, whose Services admission does not bound: a tenant may have had one before there was a bound. */
const select = ({ slug }: TenantBody, name: string, selector: Record<string, string>): Promise<unknown> => {
  const patch = [{ op: 'replace', path: '/spec/selector', value: selector }];
  return cluster.core.patchNamespacedService({ name, namespace: `tn-${slug}`, body: patch });
};
const lookNow = (): Promise<unknown> => bulkhead.database.query('UPDATE links SET resolve_at = now()');

test('a link to a Service with a selector of a megabyte says so, closes, and both sides are changed as before', async () => {
  const [provider, consumer] = await Promise.all([newTenant(), newTenant()]);
  await makeService(cluster, provider, { selector: labelled(16, 'label') });
  const { id } = await proposeLink(bulkhead.api, { provider, consumer });
  await linkOnce(bulkhead.api, id, ({ state }) => state === 'active');

  await select(provider, 'api', labelled(8_000, 'a-label-of-a-developer-who-wants-to-stop-the-worker'));
  await lookNow();
  const link = await linkOnce(bulkhead.api, id, ({ state }) => state === 'failed');
  expect(link).toMatchObject({ resolved: null, problem: { code: 'ServiceSelectorTooLarge' } });
  expect(link.problem?.message).toContain('selects its pods by 8000 labels; links allow 16');
  for (const { id: tenant } of [provider, consumer]) {
    const { operation } = await bulkhead.api.change('PATCH', `/v1/tenants/${tenant}`, { labels: { a: 'b' } });
    expect(operation).toMatchObject({ state: 'succeeded' });
  }

  await select(provider, 'api', { app: 'api' });
  await lookNow();
  await linkOnce(bulkhead.api, id, ({ state }) => state === 'active');
});

test('of links whose selectors divide the pods into too many groups, the last one says so', async () => {
  const [provider, consumer] = await Promise.all([newTenant(), newTenant()]);
  // Sixteen labels each: 17 × 17 groups.
  for (const service of ['first', 'second']) {
    await makeService(cluster, provider, { selector: labelled(16, service) }, service);
  }
  const first = await proposeLink(bulkhead.api, { provider, consumer, service: 'first' });
  await linkOnce(bulkhead.api, first.id, ({ state }) => state === 'active');
  const second = await proposeLink(bulkhead.api, { provider, consumer, service: 'second' });
  const link = await linkOnce(bulkhead.api, second.id, ({ state }) => state === 'failed');
  expect(link.problem).toMatchObject({ code: 'TooManySelectors', object: expect.stringContaining('second') as string });
  expect(link.problem?.remedy).toContain('fewer labels');
  await linkOnce(bulkhead.api, first.id, ({ state }) => state === 'active');

  await select(provider, 'second', { app: 'second' });
  await lookNow();
  await linkOnce(bulkhead.api, second.id, ({ state }) => state === 'active');
});

test('a selector that an earlier release stored does not hold up the tenants of its link', async () => {
  const [provider, consumer] = await Promise.all([newTenant(), newTenant()]);
  await makeService(cluster, provider);
  const { id } = await proposeLink(bulkhead.api, { provider, consumer });
  await linkOnce(bulkhead.api, id, ({ state }) => state === 'active');
  const labels = labelled(13_000, 'a-label-of-a-developer-who-wants-to-stop-the-database-for-good');
  await bulkhead.database.query(
    `UPDATE links SET resolve_at = now() + interval '1 hour',
       resolution = jsonb_set(resolution, '{podLabels}', '${JSON.stringify(labels)}')
     WHERE id = (SELECT id FROM links WHERE ended_at IS NULL AND resolution -> 'podLabels' = '{"app": "api"}'
       ORDER BY id DESC LIMIT 1)`,
  );
  const quarantine = { effect: 'quarantine', source: 'security', reason: 'Test.' };
  for (const { id: tenant } of [consumer, provider]) {
    await bulkhead.api.change('POST', `/v1/tenants/${tenant}/holds`, quarantine);
    const { conditions } = await bulkhead.api.get<TenantBody>(`/v1/tenants/${tenant}`);
    expect(conditions.find(({ type }) => type === 'Ready')).toMatchObject({ reason: 'Quarantined' });
  }
});
