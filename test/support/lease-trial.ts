import { Leases } from '#engine';
import { dataSourceOptions, Statements } from '#persistence';
import pg from 'pg';
import { DataSource } from 'typeorm';

import { type TenantBody } from './api-client.js';
import { Bulkhead, newSlug } from './bulkhead.js';

/** An installation without a worker, in which a test takes leases itself. */
export interface LeaseTrial {
  bulkhead: Bulkhead;
  leases: Leases;
  dataSource: DataSource;
  /** A separate connection, for blocking transactions. */
  client: pg.Client;
  stop(): Promise<void>;
}

export async function startLeaseTrial(): Promise<LeaseTrial> {
  const bulkhead = await Bulkhead.start();
  const { url } = bulkhead.database;
  const dataSource = new DataSource(dataSourceOptions({ url, poolSize: 4 }, 'test-leases'));
  const client = new pg.Client({ connectionString: url });
  await Promise.all([dataSource.initialize(), client.connect()]);
  const stop = async (): Promise<void> => {
    await Promise.allSettled([dataSource.destroy(), client.end()]);
    await bulkhead.stop();
  };
  return { bulkhead, leases: new Leases(dataSource, new Statements(dataSource)), dataSource, client, stop };
}

/** Creates tenants that no worker reconciles, in order. */
export async function newTenants({ api }: Bulkhead, count: number): Promise<string[]> {
  const ids: string[] = [];
  for (let number = 0; number < count; number += 1) {
    const { body } = await api.send('POST', '/v1/tenants', { slug: newSlug(), plan: 'free' });
    ids.push((body as unknown as TenantBody).id);
  }
  return ids;
}
