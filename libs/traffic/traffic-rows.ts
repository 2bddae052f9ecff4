import { type TenantQueries } from '#observability';
import { type LinkWithin } from '#links';

import { type Sample } from './prometheus.js';

export interface ServiceTraffic {
  environment: string;
  service: string;
  requestsPerSecond: number | null;
  /** Null if there were no requests. */
  errorRatio: number | null;
  p99Milliseconds: number | null;
}

const peerKinds = ['own', 'tenant', 'platform', 'outside'] as const;

/** The other side: a tenant by its id, the platform by its namespace, or an unknown peer. */
export interface Peer {
  kind: (typeof peerKinds)[number];
  peer: string | null;
  service: string;
  perSecond: number | null;
  /** For another tenant, the links that explain the traffic; empty if none does. Null for peers that need no link. */
  links: string[] | null;
}
export type CallingPeer = Peer & { direction: 'inbound' | 'outbound' };

type Rows = (query: string) => readonly Sample[];

/** Returns one row per service, busiest first. */
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

/** Returns the peer of a sample with the direction of its calls. */
export function callingPeerOf(sample: Sample, links: readonly LinkWithin[]): CallingPeer {
  const direction = sample.labels['direction'] === 'outbound' ? 'outbound' : 'inbound';
  return { direction, ...peerOf(sample, links, direction) };
}

/** Returns the peer of a sample. @param links links with the tenants on the other side */
export function peerOf(
  { labels, value }: Sample,
  links: readonly LinkWithin[],
  direction: LinkWithin['direction'] = 'inbound',
): Peer {
  const kind = peerKinds.find((each) => each === labels['peer_kind']) ?? 'outside';
  const service = labels['service'] ?? '';
  const between = links.filter((link) => link.peer === labels['peer'] && link.direction === direction);
  return {
    kind,
    peer: labels['peer'] ?? null,
    service,
    perSecond: value,
    links: kind === 'tenant' ? explaining(between, service) : null,
  };
}

/**
 * Returns the links to the service, or all links if none names it: Linkerd reports a workload instead of the Service,
 * and two Services can select the same pods.
 */
function explaining(between: readonly LinkWithin[], service: string): string[] {
  const ofService = between.filter((link) => link.service === service);
  return (ofService.length > 0 ? ofService : between).map(({ id }) => id);
}

/** Returns the ids of the other tenants in the samples. */
export function tenantsAmong(samples: readonly Sample[]): string[] {
  return samples.flatMap(({ labels }) => (labels['peer_kind'] === 'tenant' ? [labels['peer'] ?? ''] : []));
}
