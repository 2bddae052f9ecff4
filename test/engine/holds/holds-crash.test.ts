import { afterAll, beforeAll, expect, test } from 'vitest';

import { type TenantBody } from '../../support/api-client.js';
import { Bulkhead, newSlug } from '../../support/bulkhead.js';
import { eventually } from '../../support/eventually.js';
import { type Program } from '../../support/program.js';
import { makeDeployments, specs } from '../../support/workloads.js';

const DEPLOYMENTS = 24;

let bulkhead: Bulkhead;
beforeAll(async () => {
  bulkhead = await Bulkhead.start();
});
afterAll(() => bulkhead.stop());

/** How many of the Deployments are at these replicas. */
async function at(namespace: string, replicas: number): Promise<number> {
  return Object.values(await specs(namespace)).filter((spec) => (spec as { replicas?: number }).replicas === replicas)
    .length;
}

/** Kills the worker as soon as something has begun, and has another one end it. */
async function killOnce(worker: Program, begun: () => Promise<boolean>, location: string): Promise<Program> {
  await eventually('it has begun', begun);
  await worker.stop('SIGKILL');
  const next = await bulkhead.startWorker();
  expect(await bulkhead.api.get(`${location}?wait=45`)).toMatchObject({ state: 'succeeded' });
  return next;
}

test('a worker that is killed while it suspends or resumes loses nothing', async () => {
  let worker = await bulkhead.startWorker();
  const slug = newSlug('crash');
  const namespace = `tn-${slug}`;
  const { tenant } = await bulkhead.api.change('POST', '/v1/tenants', { slug, plan: 'team' });
  await makeDeployments(namespace, DEPLOYMENTS);
  const before = await specs(namespace);

  const body = { source: 'billing', effect: 'suspend', reason: 'Overdue.' };
  const placed = await bulkhead.api.send('POST', `/v1/tenants/${tenant.id}/holds`, body);
  const remembered = async (): Promise<boolean> =>
    (await bulkhead.database.query('SELECT 1 FROM suspended_workloads')).length > 0;
  worker = await killOnce(worker, remembered, placed.headers.get('location') ?? '');
  expect(await at(namespace, 0)).toBe(DEPLOYMENTS);

  const path = `/v1/tenants/${tenant.id}/holds/${placed.body['id'] as string}`;
  const lifted = await bulkhead.api.send('DELETE', path);
  const someAreUp = async (): Promise<boolean> => (await at(namespace, 0)) < DEPLOYMENTS;
  await killOnce(worker, someAreUp, lifted.headers.get('location') ?? '');
  expect(await specs(namespace)).toEqual(before);
  expect(await remembered()).toBe(false);
  expect((await bulkhead.api.get<TenantBody>(`/v1/tenants/${tenant.id}`)).phase).toBe('active');
});
