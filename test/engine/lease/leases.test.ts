import { hostname } from 'node:os';

import { afterAll, beforeAll, expect, test } from 'vitest';

import { describeOnBothQueues } from '../../support/both-queues.js';
import { Bulkhead, newSlug } from '../../support/bulkhead.js';
import { eventually } from '../../support/eventually.js';
import { FaultProxy } from '../../support/fault-proxy.js';
import { type LeaseEvent, leaseViolations, logLeases, readLeases } from '../../support/lease-log.js';
import { type Program } from '../../support/program.js';

interface Write {
  owner: string;
  namespace: string;
  at: Date;
}

/** Writes that a worker sent to a tenant's namespace without holding the tenant's lease. */
function writesOutsideLeases(writes: Write[], leases: LeaseEvent[], tenantOf: Map<string, string>): Write[] {
  return writes.filter(({ owner, namespace, at }) => {
    const mine = leases.filter(({ tenant, kind }) => tenant === tenantOf.get(namespace) && kind !== 'renewed');
    const last = mine.filter((event) => event.at <= at).at(-1);
    return last?.kind !== 'acquired' || last.owner !== owner;
  });
}

describeOnBothQueues('several workers', (queue) => {
  let bulkhead: Bulkhead;
  const proxies: FaultProxy[] = [];
  const writes: Write[] = [];

  beforeAll(async () => {
    // Longer than a worker that starts on a busy machine is too busy to renew one.
    bulkhead = await Bulkhead.start({ queue, env: { BULKHEAD_LEASE_SECONDS: '10' } });
    await logLeases(bulkhead.database);
  });
  afterAll(async () => {
    await bulkhead.stop();
    for (const proxy of proxies) await proxy.stop();
  });

  async function startWorker(): Promise<Program> {
    const proxy = await FaultProxy.start();
    proxies.push(proxy);
    const worker = await bulkhead.startWorker({ BULKHEAD_KUBECONFIG: proxy.kubeconfig });
    proxy.use(({ isWrite, path }) => {
      const namespace = /^\/api[^ ]*\/namespaces\/(tn-[^/]+)/.exec(path)?.[1];
      const owner = `${hostname()}/${worker.pid}`;
      if (isWrite && namespace !== undefined) writes.push({ owner, namespace, at: new Date() });
      return undefined;
    });
    return worker;
  }

  async function atRest(): Promise<void> {
    await eventually(
      'all tenants are active',
      async () =>
        (
          await bulkhead.database.query(
            "SELECT 1 FROM tenants WHERE phase <> 'active' OR observed_generation <> generation",
          )
        ).length === 0,
      90_000,
    );
  }

  test('make one pass at a time over each tenant, and write only while they hold its lease', async () => {
    const workers = [await startWorker(), await startWorker(), await startWorker()];
    const slugs = Array.from({ length: 30 }, () => newSlug('lease'));
    const answers = await Promise.all(
      slugs.map((slug) => bulkhead.api.send('POST', '/v1/tenants', { slug, plan: 'team' })),
    );
    const ids = answers.map(({ body }) => body['id'] as string);
    for (const plan of ['free', 'team']) {
      const changes = ids.map((id) => bulkhead.api.send('PATCH', `/v1/tenants/${id}`, { plan }));
      for (const { status } of await Promise.all(changes)) expect(status).toBe(202);
    }
    await atRest();
    const leases = await readLeases(bulkhead.database);
    expect(leaseViolations(leases)).toEqual([]);
    expect(new Set(leases.map(({ owner }) => owner)).size).toBe(workers.length);
    const rows = await bulkhead.database.query<{ id: string; slug: string }>('SELECT id, slug FROM tenants');
    const tenantOf = new Map(rows.map(({ id, slug }) => [`tn-${slug}`, id]));
    expect(writes.length).toBeGreaterThan(slugs.length);
    const outside = writesOutsideLeases(writes, leases, tenantOf);
    const about = leases.filter(({ tenant }) => tenant === tenantOf.get(outside[0]?.namespace ?? ''));
    expect(outside, JSON.stringify(about)).toEqual([]);

    // One is killed and one is stopped for longer than its lease while they change every tenant again.
    const changes = ids.map((id) => bulkhead.api.send('PATCH', `/v1/tenants/${id}`, { plan: 'free' }));
    await eventually('they are at work', async () => {
      const held = await bulkhead.database.query('SELECT 1 FROM tenants WHERE lease_until > now()');
      return held.length > 3;
    });
    await workers[0]?.stop('SIGKILL');
    workers[1]?.signal('SIGSTOP');
    await Promise.all(changes);
    await atRest();
    workers[1]?.signal('SIGCONT');
    await Promise.all(ids.map((id) => bulkhead.api.send('PATCH', `/v1/tenants/${id}`, { plan: 'team' })));
    await atRest();
    expect(leaseViolations(await readLeases(bulkhead.database))).toEqual([]);
  }, 240_000);
});
