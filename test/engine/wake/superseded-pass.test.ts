import { afterAll, beforeAll, expect, test } from 'vitest';

import { type OperationBody, type TenantBody } from '../../support/api-client.js';
import { Bulkhead, newSlug } from '../../support/bulkhead.js';
import { Cluster } from '../../support/cluster.js';
import { eventually } from '../../support/eventually.js';
import { FaultProxy } from '../../support/fault-proxy.js';

const cluster = new Cluster();
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

const tooBusy = {
  kind: 'answer',
  status: 429,
  headers: { 'retry-after': '10' },
  body: { kind: 'Status', reason: 'TooManyRequests', code: 429, message: 'Too many requests.' },
} as const;

test('a quarantine does not wait for the pass under way, which opens nothing any more', async () => {
  const slug = newSlug('emergency');
  let isBusy = true;
  let waiting = 0;
  const opened: string[] = [];
  proxy.use(({ method, path }) => {
    if (method !== 'POST' || !path.includes(`/namespaces/tn-${slug}/`)) return undefined;
    // The canary of a cut-off is a dry run.
    if (path.includes('/rolebindings/') && !path.endsWith('/bulkhead-cut-off')) {
      opened.push(path.split('/').at(-1) ?? '');
    }
    if (!isBusy || !path.includes('/limitranges/')) return undefined;
    waiting += 1;
    return tooBusy;
  });
  const members = [{ kind: 'User', name: 'alice@acme.example', role: 'tenant-admin' }];
  const answer = await bulkhead.api.send('POST', '/v1/tenants', { slug, plan: 'free', members });
  const { id } = answer.body as unknown as TenantBody;
  await eventually('the pass waits to restrict the tenant', () => Promise.resolve(waiting > 0));

  const hold = { source: 'security', effect: 'quarantine', reason: 'Exfiltration.' };
  const placed = await bulkhead.api.send('POST', `/v1/tenants/${id}/holds`, hold);
  isBusy = false;
  const operation = await bulkhead.api.get<OperationBody>(`${placed.headers.get('location') ?? ''}?wait=60`);
  expect(operation.state).toBe('succeeded');
  const { items } = await cluster.rbac.listNamespacedRoleBinding({ namespace: `tn-${slug}` });
  const granted = items.map(({ metadata }) => metadata?.name ?? '');
  expect(opened.filter((name) => !granted.includes(name))).toEqual([]);
  expect((await bulkhead.api.get<TenantBody>(`/v1/tenants/${id}`)).phase).toBe('quarantined');
});
