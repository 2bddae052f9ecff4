import { type TenantQueries } from '#observability';
import { type Sample } from './prometheus.js';

export interface ServiceTraffic {
  environment: string;
  service: string;
  requestsPerSecond: number | null;
  /** Null: there were no requests. */
  errorRatio: number | null;
  p99Milliseconds: number | null;
}

const peerKinds = ['own', 'tenant', 'platform', 'outside'] as const;

/** Who is on the other side: a tenant by its id, the platform by its namespace, or somebody who could not be told. */
export interface Peer {
  kind: (typeof peerKinds)[number];
  peer: string | null;
  service: string;
  perSecond: number | null;
}
export type CallingPeer = Peer & { direction: 'inbound' | 'outbound' };

type Rows = (query: string) => readonly Sample[];

/** One row a service, busiest first. */
export function servicesOf(queries: TenantQueries, rows: Rows): ServiceTraffic[] {
  const keyOf = ({ labels }: Sample): string => JSON.stringify([labels['environment'], labels['service']]);
  const byKey = (query: string): Map<string, number | null> =>
    new Map(rows(query).map((sample) => [keyOf(sample), sample.value]));
  const [errors, latency] = [byKey(queries.serviceErrorRatio), byKey(queries.serviceLatency)];
  return rows(queries.serviceRequests).map((sample) => ({
    environment: sample.labels['environment'] ?? '',
    service: sample.labels['service'] ?? '',
    requestsPerSecond: sample.value,
    errorRatio: errors.get(keyOf(sample)) ?? (sample.value === 0 ? null : 0),
    p99Milliseconds: latency.get(keyOf(sample)) ?? null,
  }));
}

/** Of callers, or of those who were called. */
export function callingPeerOf(sample: Sample): CallingPeer {
  return { direction: sample.labels['direction'] === 'outbound' ? 'outbound' : 'inbound', ...peerOf(sample) };
}

export function peerOf({ labels, value }: Sample): Peer {
  return {
    kind: peerKinds.find((kind) => kind === labels['peer_kind']) ?? 'outside',
    peer: labels['peer'] ?? null,
    service: labels['service'] ?? '',
    perSecond: value,
  };
}
