import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { type ApiAnswer } from '../support/api-client.js';
import { Bulkhead, newSlug } from '../support/bulkhead.js';

const DAY_MS = 86_400_000;

// Without a worker: changes are recorded but not carried out.
describe('deleting a tenant', () => {
  let bulkhead: Bulkhead;
  beforeAll(async () => {
    bulkhead = await Bulkhead.start();
  });
  afterAll(() => bulkhead.stop());

  const create = async (): Promise<string> => {
    const { body } = await bulkhead.api.send('POST', '/v1/tenants', { slug: newSlug(), plan: 'team' });
    return `/v1/tenants/${body['id'] as string}`;
  };
  const kindOf = async (answer: ApiAnswer): Promise<unknown> =>
    (await bulkhead.api.get(answer.headers.get('location') ?? ''))['kind'];
  const daysOf = ({ body }: ApiAnswer): number =>
    (Date.parse(body['deletesAt'] as string) - Date.parse(body['deletionScheduledAt'] as string)) / DAY_MS;

  test('schedules the deletion for the end of the retention of the plan', async () => {
    const path = await create();
    const answer = await bulkhead.api.send('DELETE', path);
    expect(answer).toMatchObject({ status: 202, body: { phase: 'pending' } });
    expect(daysOf(answer)).toBe(30);
    expect(await kindOf(answer)).toBe('schedule-deletion');
    const again = await bulkhead.api.send('DELETE', path);
    expect(again.headers.get('location')).toBe(answer.headers.get('location'));
    expect(again.body['deletesAt']).toBe(answer.body['deletesAt']);
  });

  test('with a time, it leaves the tenant running and changeable until then, unless it is to be suspended', async () => {
    const path = await create();
    const at = new Date(Date.now() + 45 * DAY_MS).toISOString();
    const running = await bulkhead.api.send('DELETE', `${path}?at=${at}`);
    expect(running).toMatchObject({ status: 202, body: { deletesAt: at, deletionSuspends: false } });
    const again = await bulkhead.api.send('DELETE', `${path}?at=${at}`);
    expect(again.headers.get('location')).toBe(running.headers.get('location'));
    expect((await bulkhead.api.send('DELETE', path)).headers.get('location')).toBe(running.headers.get('location'));
    expect((await bulkhead.api.send('PATCH', path, { displayName: 'x' })).status).toBe(202);
    const suspended = await bulkhead.api.send('DELETE', `${path}?at=${at}&suspend=true`);
    expect(suspended).toMatchObject({ status: 202, body: { deletesAt: at, deletionSuspends: true } });
    expect((await bulkhead.api.send('PATCH', path, { displayName: 'y' })).status).toBe(409);
    const later = await bulkhead.api.send('DELETE', `${path}?after=60`);
    expect(daysOf(later)).toBe(60);
    expect(later.body['deletionSuspends']).toBe(false);
    const undeleted = await bulkhead.api.send('POST', `${path}/undelete`);
    expect(undeleted.body).toMatchObject({ deletesAt: null, deletionSuspends: false });
    for (const query of ['at=soon', 'after=-1', 'suspend=yes', `after=1&retention=1`, `at=${at}&after=1`]) {
      expect({ query, status: (await bulkhead.api.send('DELETE', `${path}?${query}`)).status }).toEqual({
        query,
        status: 400,
      });
    }
  });

  test('before the retention is over, only those can delete who may purge', async () => {
    const billing = bulkhead.api.as(await bulkhead.createKey('billing'));
    const path = await create();
    for (const query of ['after=29', `at=${new Date(Date.now() + DAY_MS).toISOString()}`, 'after=0', 'retention=30']) {
      expect(await billing.send('DELETE', `${path}?${query}`)).toMatchObject({ status: 403 });
    }
    expect((await billing.send('DELETE', `${path}?after=30`)).status).toBe(202);
    const now = await bulkhead.api.send('DELETE', `${path}?after=0`);
    expect(now).toMatchObject({ status: 202, body: { phase: 'deleting' } });
  });

  test('a tenant with a scheduled deletion cannot be changed', async () => {
    const path = await create();
    await bulkhead.api.send('DELETE', path);
    const { status, body } = await bulkhead.api.send('PATCH', path, { displayName: 'x' });
    expect({ status, code: body['code'] }).toEqual({ status: 409, code: 'tenant.deleting' });
    expect(body['detail']).toContain('/undelete');
  });

  test('a shorter retention counts from the first request, and one beyond the plan is refused', async () => {
    const path = await create();
    expect(daysOf(await bulkhead.api.send('DELETE', path))).toBe(30);
    const sooner = await bulkhead.api.send('DELETE', `${path}?retention=7`);
    expect(daysOf(sooner)).toBe(7);
    expect(await kindOf(sooner)).toBe('schedule-deletion');
    expect(await bulkhead.api.send('DELETE', `${path}?retention=31`)).toMatchObject({
      status: 422,
      body: { code: 'tenant.plan_limit' },
    });
    for (const retention of ['', '-1', '0.5', 'soon']) {
      expect((await bulkhead.api.send('DELETE', `${path}?retention=${retention}`)).status, retention).toBe(400);
    }
    const now = await bulkhead.api.send('DELETE', `${path}?retention=0`);
    expect(now.body['phase']).toBe('deleting');
    expect(await kindOf(now)).toBe('delete');
    const again = await bulkhead.api.send('DELETE', path);
    expect(again.headers.get('location')).toBe(now.headers.get('location'));
  });

  test('a scheduled deletion can be cancelled, one that has begun cannot', async () => {
    const path = await create();
    expect(await bulkhead.api.send('POST', `${path}/undelete`)).toMatchObject({
      status: 409,
      body: { code: 'tenant.deletion_not_scheduled' },
    });
    await bulkhead.api.send('DELETE', path);
    const back = await bulkhead.api.send('POST', `${path}/undelete`);
    expect(back).toMatchObject({ status: 202, body: { deletesAt: null, deletionScheduledAt: null } });
    expect(await kindOf(back)).toBe('undelete');
    expect((await bulkhead.api.send('PATCH', path, { displayName: 'x' })).status).toBe(202);
    await bulkhead.api.send('DELETE', `${path}?retention=0`);
    expect(await bulkhead.api.send('POST', `${path}/undelete`)).toMatchObject({
      status: 409,
      body: { code: 'tenant.deleting' },
    });
  });

  test('only a platform administrator can shorten the retention', async () => {
    const path = await create();
    const statuses = async (role: string): Promise<Record<string, number>> => {
      const caller = bulkhead.api.as(await bulkhead.createKey(role));
      const status = async (method: string, to: string): Promise<number> => (await caller.send(method, to)).status;
      return {
        purge: await status('DELETE', `${path}?retention=0`),
        shorten: await status('DELETE', `${path}?retention=29`),
        twice: await status('DELETE', `${path}?retention=30&retention=0`),
        delete: await status('DELETE', path),
        undelete: await status('POST', `${path}/undelete`),
      };
    };
    const mayDelete = { purge: 403, shorten: 403, twice: 403, delete: 202, undelete: 202 };
    const mayNot = { purge: 403, shorten: 403, twice: 403, delete: 403, undelete: 403 };
    expect(await statuses('operator')).toEqual(mayDelete);
    expect(await statuses('billing')).toEqual(mayDelete);
    const hidden = { purge: 404, shorten: 404, twice: 404, delete: 404, undelete: 404 };
    expect(await statuses('signup'), 'a tenant of others').toEqual(hidden);
    expect(await statuses('auditor')).toEqual(mayNot);
    expect((await bulkhead.api.send('DELETE', `${path}?retention=0`)).status).toBe(202);
  });

  test('there is no certificate before the tenant is deleted, and the keys are public', async () => {
    const path = await create();
    const auditor = bulkhead.api.as(await bulkhead.createKey('auditor'));
    expect(await auditor.send('GET', `${path}/deletion-certificate`)).toMatchObject({
      status: 404,
      body: { code: 'certificate.unavailable' },
    });
    expect((await auditor.send('GET', '/v1/tenants/tenant_x/deletion-certificate')).status).toBe(404);
    const nobody = bulkhead.api.as(null);
    expect((await nobody.send('GET', `${path}/deletion-certificate`)).status).toBe(401);
    expect(await nobody.send('GET', '/.well-known/bulkhead-deletion-keys.json')).toMatchObject({
      status: 200,
      body: { keys: [] },
    });
  });
});
