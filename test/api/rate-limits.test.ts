import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { type ApiAnswer, type ApiClient } from '../support/api-client.js';
import { Bulkhead, newSlug } from '../support/bulkhead.js';

let bulkhead: Bulkhead;
let other: ApiClient;

beforeAll(async () => {
  bulkhead = await Bulkhead.start({
    env: {
      BULKHEAD_READS_PER_MINUTE: '40',
      BULKHEAD_CHANGES_PER_MINUTE: '10',
      BULKHEAD_CREATIONS_PER_MINUTE: '5',
      BULKHEAD_FAILED_LOGINS_PER_MINUTE: '20',
    },
  });
  other = await bulkhead.startApi();
});
afterAll(() => bulkhead.stop());

const newCaller = async (): Promise<string> => bulkhead.createKey('platform-admin');
const create = (client: ApiClient): Promise<ApiAnswer> =>
  client.send('POST', '/v1/tenants', { slug: newSlug(), plan: 'free' });
const statuses = async (count: number, send: (index: number) => Promise<ApiAnswer>): Promise<number[]> => {
  const all: number[] = [];
  for (let index = 0; index < count; index += 1) all.push((await send(index)).status);
  return all;
};
const times = (count: number, status: number): number[] => Array.from({ length: count }, () => status);

describe('a caller', () => {
  test('creates as much as it may in all processes together, and can still read and change', async () => {
    const key = await newCaller();
    const clients = [bulkhead.api.as(key), other.as(key)];
    const made = await statuses(7, (index) => create(clients[index % 2] ?? other));
    expect(made).toEqual([...times(5, 202), 429, 429]);
    const refused = await create(bulkhead.api.as(key));
    expect(refused.headers.get('ratelimit-policy')).toBe('"create";q=5;w=60');
    expect(refused.headers.get('ratelimit')).toMatch(/^"create";r=0;t=\d+$/);
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(refused.body).toMatchObject({
      type: 'https://iana.org/assignments/http-problem-types#quota-exceeded',
      code: 'request.rate_limited',
      'violated-policies': ['create'],
    });
    const { items } = await bulkhead.api.as(key).get<{ items: { id: string }[] }>('/v1/tenants?limit=1');
    const renamed = await other.as(key).send('PATCH', `/v1/tenants/${items[0]?.id ?? ''}`, { displayName: 'A' });
    expect([renamed.status, renamed.headers.get('ratelimit')]).toEqual([202, expect.stringMatching(/^"change";r=9;/)]);
    expect((await create(bulkhead.api.as(await newCaller()))).status).toBe(202);
  });

  test('reads as much as it may in each process, which writes nothing', async () => {
    const key = await newCaller();
    const read = (client: ApiClient) => (): Promise<ApiAnswer> => client.as(key).send('GET', '/v1/plans');
    expect(await statuses(42, read(bulkhead.api))).toEqual([...times(40, 200), 429, 429]);
    expect((await read(other)()).status).toBe(200);
    const rows = await bulkhead.database.query("SELECT key FROM rate_limits WHERE key LIKE 'read:%'");
    expect(rows).toEqual([]);
    expect((await bulkhead.api.as(null).send('GET', '/health/ready')).status).toBe(200);
  });

  test('is not refused because its requests cannot be counted', async () => {
    const key = await newCaller();
    await bulkhead.database.query('ALTER TABLE rate_limits RENAME TO away');
    try {
      expect(await statuses(5, () => create(bulkhead.api.as(key)))).toEqual(times(5, 202));
      // Each process goes on counting by itself.
      expect((await create(bulkhead.api.as(key))).status).toBe(429);
    } finally {
      await bulkhead.database.query('ALTER TABLE away RENAME TO rate_limits');
    }
  });
});

test('wrong keys of an address are refused before they are looked up, and logged once; right ones work', async () => {
  const key = await newCaller();
  expect((await bulkhead.api.as(key).send('GET', '/v1/plans')).status).toBe(200);
  const wrong = (index: number): Promise<ApiAnswer> => bulkhead.api.as(`bhk_wrong${index}`).send('GET', '/v1/plans');
  const answers = await statuses(50, wrong);
  expect(answers).toEqual([...times(21, 401), ...times(29, 429)]);
  const refused = await wrong(50);
  expect(refused.body).toMatchObject({ code: 'request.rate_limited', 'violated-policies': ['login'] });
  expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
  const fresh = await newCaller();
  expect((await bulkhead.api.as(key).send('GET', '/v1/plans')).status).toBe(200);
  expect((await bulkhead.api.as(fresh).send('GET', '/v1/plans')).status).toBe(429);
  const logged = bulkhead.apiOutput().match(/too many failed logins from an address/g);
  expect(logged).toHaveLength(1);
});
