import { randomUUID } from 'node:crypto';

import { afterAll, beforeAll, expect, test } from 'vitest';

import { Bulkhead } from '../support/bulkhead.js';
import { eventually } from '../support/eventually.js';

let bulkhead: Bulkhead;
beforeAll(async () => {
  bulkhead = await Bulkhead.start();
});
afterAll(() => bulkhead.stop());

test('a request is logged as one line with its id and status, without headers', async () => {
  const [id, secret] = [randomUUID(), `secret-${randomUUID()}`];
  const headers = { 'x-request-id': id, cookie: secret };
  await bulkhead.api.send('GET', '/v1/tenants/tenant_nobody', undefined, headers);
  const lines = (): string[] =>
    bulkhead
      .apiOutput()
      .split('\n')
      .filter((line) => line.includes(id));
  await eventually('the request is logged', () => Promise.resolve(lines().length > 0));
  expect(lines().map((line) => JSON.parse(line) as unknown)).toEqual([
    expect.objectContaining({
      level: 'info',
      msg: 'request completed',
      statusCode: 404,
      req: { id, method: 'GET', url: '/v1/tenants/tenant_nobody' },
      responseTime: expect.any(Number) as number,
    }),
  ]);
  expect(bulkhead.apiOutput()).not.toContain(secret);
});

test('probes are not logged', async () => {
  const id = randomUUID();
  await bulkhead.api.send('GET', '/health/live', undefined, { 'x-request-id': id });
  await bulkhead.api.send('GET', '/v1/plans', undefined, { 'x-request-id': `after-${id}` });
  await eventually('the request after it is logged', () =>
    Promise.resolve(bulkhead.apiOutput().includes(`after-${id}`)),
  );
  expect(bulkhead.apiOutput()).not.toContain(`"${id}"`);
});
