import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { type OperationBody, type TenantBody } from '../support/api-client.js';
import { Bulkhead, newSlug } from '../support/bulkhead.js';
import { EventSource } from '../support/event-source.js';
import { notTrue } from '../support/conditions.js';
import { eventually } from '../support/eventually.js';
import { type Program, startProgram } from '../support/program.js';
import { SlowConnection } from '../support/slow-connection.js';

let bulkhead: Bulkhead;
beforeAll(async () => {
  bulkhead = await Bulkhead.start({ env: { BULKHEAD_EVENT_STREAMS: '3' } });
});
afterAll(() => bulkhead.stop());

/** Creates a tenant and returns the path of its operation. */
async function ask(): Promise<{ id: string; location: string }> {
  const { body, headers } = await bulkhead.api.send('POST', '/v1/tenants', { slug: newSlug('events'), plan: 'free' });
  return { id: body['id'] as string, location: headers.get('location') ?? '' };
}

describe('without a worker, so that nothing changes on its own', () => {
  test('a stream begins with the current state and ends with the cancelled operation', async () => {
    const { id, location } = await ask();
    const operation = await EventSource.open<OperationBody>(bulkhead.api, `${location}/events`);
    const tenant = await EventSource.open<TenantBody>(bulkhead.api, `/v1/tenants/${id}/events`);
    expect(operation.headers.get('content-type')).toContain('text/event-stream');
    expect(operation.headers.get('cache-control')).toBe('no-store');
    const first = await operation.next();
    expect(first).toMatchObject({ event: 'operation', data: await bulkhead.api.get(location) });
    expect(await tenant.next()).toMatchObject({ event: 'tenant', data: { id, phase: 'pending' } });

    await bulkhead.api.send('POST', `${location}/cancel`);
    const last = await operation.next();
    expect(last?.data).toEqual(await bulkhead.api.get(location));
    expect(last?.data.state).toBe('cancelled');
    expect(last?.id).not.toBe(first?.id);
    expect(await operation.next()).toBeNull();
    expect(await tenant.next()).toMatchObject({ data: await bulkhead.api.get(`/v1/tenants/${id}`) });
    await tenant.close();

    const knows = { 'last-event-id': last?.id ?? '' };
    expect((await bulkhead.api.fetch(`${location}/events`, knows)).status).toBe(204);
    const late = await EventSource.open<OperationBody>(bulkhead.api, `${location}/events`, first?.id);
    expect(await late.until(() => false)).toEqual([last]);
  });

  test('a client that reconnects with its last event receives only changes', async () => {
    const { id } = await ask();
    const path = `/v1/tenants/${id}/events`;
    const before = await EventSource.open<TenantBody>(bulkhead.api, path);
    const known = await before.next();
    await before.close();
    const again = await EventSource.open<TenantBody>(bulkhead.api, path, known?.id);
    await bulkhead.api.send('PATCH', `/v1/tenants/${id}`, { displayName: 'Changed' });
    expect(await again.next()).toMatchObject({ data: { displayName: 'Changed', generation: 2 } });
    await again.close();
  });

  test('unknown and forbidden resources get the usual problems', async () => {
    for (const [path, code] of [
      ['/v1/operations/op_x/events', 'operation.not_found'],
      ['/v1/tenants/tenant_x/events', 'tenant.not_found'],
    ] as const) {
      expect(await bulkhead.api.send('GET', path)).toMatchObject({ status: 404, body: { code } });
      expect((await bulkhead.api.as(null).send('GET', path)).status).toBe(401);
    }
    const { location } = await ask();
    // Like every GET; it must not leave an unread stream behind.
    for (let time = 0; time < 5; time += 1) {
      expect((await bulkhead.api.send('HEAD', `${location}/events`)).status).toBe(200);
    }
  });

  test('the number of streams is limited, and a client that disconnects frees its place', async () => {
    const { id, location } = await ask();
    const path = `/v1/tenants/${id}/events`;
    const open = await eventually('the streams of other tests are closed', async () => {
      const streams: EventSource<TenantBody>[] = [];
      try {
        for (let count = 0; count < 3; count += 1) streams.push(await EventSource.open<TenantBody>(bulkhead.api, path));
        return streams;
      } catch {
        for (const stream of streams) await stream.close();
        return undefined;
      }
    });
    const refused = await bulkhead.api.send('GET', `${location}/events`);
    expect(refused).toMatchObject({ status: 503, body: { code: 'events.too_many_streams' } });
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
    expect((await bulkhead.api.send('GET', location)).status).toBe(200);
    await open[0]?.close();
    const next = await eventually('there is room', () => EventSource.open<TenantBody>(bulkhead.api, path));
    for (const stream of [next, ...open.slice(1)]) await stream.close();
  });

  test('a cut notification connection delays events but loses no change', async () => {
    const { id, location } = await ask();
    const stream = await EventSource.open<OperationBody>(bulkhead.api, `${location}/events`);
    await stream.next();
    await bulkhead.database.query(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
       WHERE application_name = 'bulkhead-change-signals' AND datname = current_database()`,
    );
    await bulkhead.api.send('PATCH', `/v1/tenants/${id}`, { displayName: 'Changed' });
    const [last] = await stream.until(() => false);
    expect(last?.data.state).toBe('superseded');
  });

  test('a quiet stream sends comments, and ends when its key is revoked', async () => {
    const { id } = await ask();
    const key = await bulkhead.createKey('auditor');
    const path = `/v1/tenants/${id}/events`;
    const lasting = await bulkhead.api.fetch(path);
    const revoked = await EventSource.open<TenantBody>(bulkhead.api.as(key), path);
    await revoked.next();
    await bulkhead.revokeKey(key);
    // Nothing changes: the check of the key, about every 15 seconds, ends the stream.
    expect(await revoked.next()).toBeNull();
    const reader = lasting.body?.getReader() as ReadableStreamDefaultReader<Uint8Array>;
    let text = '';
    while (!text.includes('\n: still here\n\n')) text += new TextDecoder().decode((await reader.read()).value);
    expect(text.match(/^event: /gm)).toHaveLength(1);
    await reader.cancel();
  }, 60_000);

  test('streams end on shutdown and do not delay it', async () => {
    const own = await Bulkhead.start();
    const { body } = await own.api.send('POST', '/v1/tenants', { slug: newSlug('events'), plan: 'free' });
    const stream = await EventSource.open<TenantBody>(own.api, `/v1/tenants/${body['id'] as string}/events`);
    await stream.next();
    await own.stop();
    expect(await stream.next()).toBeNull();
  });
});

describe('with a worker', () => {
  let way: SlowConnection;
  let worker: Program;
  beforeAll(async () => {
    way = await SlowConnection.open(300);
    const env = { DATABASE_URL: bulkhead.database.url, BULKHEAD_KUBECONFIG: way.kubeconfig };
    worker = await startProgram('apps/worker/src/main.js', env, 'worker ready');
  });
  afterAll(async () => {
    await worker.stop();
    await way.close();
  });

  test('streams show an operation run step by step and succeed, and a tenant become active and disappear', async () => {
    const { id, location } = await ask();
    const tenant = await EventSource.open<TenantBody>(bulkhead.api, `/v1/tenants/${id}/events`);
    const operation = await EventSource.open<OperationBody>(bulkhead.api, `${location}/events`);
    const events = await operation.until(() => false);
    const states = events.map(({ data }) => data.state);
    expect(states.at(-1)).toBe('succeeded');
    expect(states).toContain('running');
    expect([...new Set(states)].filter((state) => state !== 'pending')).toEqual(['running', 'succeeded']);
    const counts = events.map(({ data }) => data.steps.length);
    expect(counts).toEqual([...counts].sort((a, b) => a - b));
    expect(events.some(({ data }) => data.state === 'running' && data.steps.length > 0)).toBe(true);
    expect(events.at(-1)?.data).toEqual(await bulkhead.api.get(location));

    const phases = await tenant.until(({ phase }) => phase === 'active');
    expect(notTrue(phases.at(-1)?.data.conditions ?? [])).toEqual([]);
    await bulkhead.api.send('DELETE', `/v1/tenants/${id}?retention=0`);
    const end = await tenant.until(() => false);
    expect(end.at(-1)?.data.phase).toBe('deleted');
    expect(end.map(({ data }) => data.phase)).toContain('deleting');
  }, 120_000);
});
