import { type LinkWithin, linksWithin } from '#links';
import { spanOf, type TenantQueries, tenantQueries, type TrafficWindow } from '#observability';
import { type Tenant, TenantsService } from '#tenancy';
import { Injectable } from '@nestjs/common';
import pMap from 'p-map';
import { DataSource } from 'typeorm';

import { Prometheus, type Question, type Sample } from './prometheus.js';
import {
  type CallingPeer,
  callingPeerOf,
  type Peer,
  peerOf,
  servicesOf,
  type ServiceTraffic,
  tenantsAmong,
} from './traffic-rows.js';

/** A number with the query that returned it; null if there is no data. */
export interface Measured {
  value: number | null;
  query: string;
}

export interface Traffic {
  tenant: Tenant;
  window: TrafficWindow;
  /** By the clock of Prometheus; null if it does not know the tenant. */
  at: Date | null;
  signals: Record<
    | 'requestsPerSecond'
    | 'connectionsPerSecond'
    | 'errorRatio'
    | 'p50Milliseconds'
    | 'p95Milliseconds'
    | 'p99Milliseconds'
    | 'mtlsShare'
    | 'deniedPerSecond',
    Measured
  >;
  services: { queries: string[]; items: ServiceTraffic[] };
  peers: { query: string; items: CallingPeer[] };
  deniedPeers: { query: string; items: Peer[] };
}

/** Concurrent queries; the server has other users too. */
const QUERIES_AT_ONCE = 4;

/** Computes the traffic of a tenant from the series of the recording rules. */
@Injectable()
export class TrafficService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly tenants: TenantsService,
    private readonly prometheus: Prometheus,
  ) {}

  /** @throws `tenant.not_found`, `traffic.not_configured`, `traffic.unavailable` */
  async of(id: string, window: TrafficWindow): Promise<Traffic> {
    const tenant = await this.tenants.get(id);
    const question = this.prometheus.question();
    const queries = tenantQueries(tenant.id, window);
    // All other queries are evaluated at the time of this one, so that the numbers are consistent.
    const { at } = await question.ask(queries.namespaces);
    const answers = at === null ? new Map<string, readonly Sample[]>() : await askAll(question, queries, at);
    const rows = (query: string): readonly Sample[] => answers.get(query) ?? [];
    const peers = rows(queries.peers);
    const refused = rows(queries.deniedPeers);
    const links = await this.linksWith(tenant, tenantsAmong([...peers, ...refused]), { window, at });
    const measured = (query: string): Measured => ({ value: rows(query)[0]?.value ?? null, query });
    return {
      tenant,
      window,
      at: at === null ? null : new Date(at * 1000),
      signals: {
        requestsPerSecond: measured(queries.requests),
        connectionsPerSecond: measured(queries.connections),
        errorRatio: measured(queries.errorRatio),
        p50Milliseconds: measured(queries.latency.p50),
        p95Milliseconds: measured(queries.latency.p95),
        p99Milliseconds: measured(queries.latency.p99),
        mtlsShare: measured(queries.mtlsShare),
        deniedPerSecond: measured(queries.denied),
      },
      services: {
        queries: [queries.serviceRequests, queries.serviceErrorRatio, queries.serviceLatency],
        items: servicesOf(queries, rows),
      },
      peers: { query: queries.peers, items: peers.map((sample) => callingPeerOf(sample, links)) },
      deniedPeers: { query: queries.deniedPeers, items: refused.map((sample) => peerOf(sample, links)) },
    };
  }

  private async linksWith(
    { id }: Tenant,
    peers: readonly string[],
    { window, at }: { window: TrafficWindow; at: number | null },
  ): Promise<LinkWithin[]> {
    if (at === null) return [];
    return linksWithin(this.dataSource.manager, id, peers, spanOf(window, new Date(at * 1000)));
  }
}

async function askAll(question: Question, queries: TenantQueries, at: number): Promise<Map<string, readonly Sample[]>> {
  const { latency, namespaces, ...others } = queries;
  const all = [...Object.values(latency), ...Object.values(others)].filter((query) => query !== namespaces);
  const asked = await pMap(all, async (query) => [query, (await question.ask(query, at)).samples] as const, {
    concurrency: QUERIES_AT_ONCE,
  });
  return new Map(asked);
}
