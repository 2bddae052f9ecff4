import { expect, test } from 'vitest';

import { type OperationBody } from '../../support/api-client.js';
import { Bulkhead, newSlug } from '../../support/bulkhead.js';
import { Cluster } from '../../support/cluster.js';

test('a quarantine does not wait behind a hundred other tenants', async () => {
  const own = await Bulkhead.start();
  try {
    const worker = await own.startWorker();
    const target = newSlug('urgent');
    const { tenant } = await own.api.change('POST', '/v1/tenants', { slug: target, plan: 'free' });
    await worker.stop();
    const others = Array.from({ length: 120 }, () => newSlug('queued'));
    for (const slug of others) await own.api.send('POST', '/v1/tenants', { slug, plan: 'free' });
    const body = { source: 'security', effect: 'quarantine', reason: 'Exfiltration.' };
    const answer = await own.api.send('POST', `/v1/tenants/${tenant.id}/holds`, body);
    await own.startWorker({ BULKHEAD_WORKER_CONCURRENCY: '1' });
    const operation = await own.api.get<OperationBody>(`${answer.headers.get('location') ?? ''}?wait=45`);
    expect(operation.state).toBe('succeeded');
    const policies = (await new Cluster().objectsOf(tenant.id)).filter((name) => name.startsWith('NetworkPolicy/'));
    expect(policies).toEqual([`NetworkPolicy/tn-${target}/tenant-default-deny`]);
    const [row] = await own.database.query<{ waiting: string }>(
      `SELECT count(*) AS waiting FROM operations o WHERE kind = 'create'
         AND (finished_at IS NULL OR finished_at > (SELECT finished_at FROM operations WHERE kind = 'hold'))`,
    );
    expect(Number(row?.waiting)).toBeGreaterThanOrEqual(100);
  } finally {
    await own.stop();
  }
});
