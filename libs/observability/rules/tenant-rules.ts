import { type RecordingRule, sumBy, withLabels } from './recording-rule.js';
import { owned, recorded, series } from './series.js';

const OWNER = ['tenant', 'environment'];
const SERVICE = [...OWNER, 'service'];

type Series = (typeof series)[keyof typeof series];

const peers = recorded(series.peerInfo);
const peersSeen = recorded(series.peersSeen);

/**
 * Returns rules by the other side of a call: a namespace of the tenant itself, another tenant, a namespace of no
 * tenant, or a caller that the proxies cannot identify. A namespace that has just changed tenants counts as the last.
 */
function byPeer(record: Series, name: Series, labels: readonly string[]): RecordingRule[] {
  const by = [...labels, 'peer'];
  const all = recorded(name);
  const strangers = `${recorded(name, 'peer_namespace!~"|unknown"')} unless on (peer_namespace) ${peersSeen}`;
  const unknown = recorded(name, 'peer_namespace=~"|unknown"');
  const doubtful = `${all} and on (peer_namespace) ${peersSeen} unless on (peer_namespace) ${peers}`;
  const others = `${all} unless on (tenant, peer_namespace) ${peers}`;
  const rules = {
    own: sumBy(by, `${all} * on (tenant, peer_namespace) group_left (peer) ${peers}`),
    tenant: sumBy(by, `(${others}) * on (peer_namespace) group_left (peer) ${peers}`),
    platform: sumBy(by, withLabels(strangers, { peer: 'peer_namespace' })),
    outside: sumBy(labels, `${unknown} or (${doubtful})`),
  };
  return Object.entries(rules).map(([kind, expr]) => ({ record, expr, labels: { peer_kind: kind } }));
}

const calls = sumBy(SERVICE, recorded(series.calls));
const requests = sumBy(SERVICE, recorded(series.calls, 'protocol="http"'));
/** If there are requests but no series of errors, there were no errors. */
const errors = `${sumBy(SERVICE, recorded(series.errors))} or ${requests} * 0`;
const secured = `${sumBy(SERVICE, recorded(series.calls, 'secured="true"'))} or ${calls} * 0`;

function quantile(value: number): RecordingRule {
  const expr = `histogram_quantile(${value}, ${sumBy([...SERVICE, 'le'], recorded(series.buckets))})`;
  return { record: series.latency, expr, labels: { quantile: String(value) } };
}

/** Rules for tenants, derived from the series by namespace, in an order in which each finds its inputs. */
export const tenantRules: readonly RecordingRule[] = [
  {
    record: series.tenantCalls,
    expr: sumBy(
      [...SERVICE, 'direction', 'protocol', 'secured', 'mesh', 'peer_namespace'],
      owned(recorded(series.namespaceCalls)),
    ),
  },
  {
    record: series.tenantDenied,
    expr: sumBy([...SERVICE, 'protocol', 'mesh', 'peer_namespace'], owned(recorded(series.namespaceDenied))),
  },
  {
    record: series.calls,
    expr: sumBy([...SERVICE, 'protocol', 'secured', 'mesh'], recorded(series.tenantCalls, 'direction="inbound"')),
  },
  { record: series.denied, expr: sumBy([...SERVICE, 'protocol', 'mesh'], recorded(series.tenantDenied)) },
  { record: series.errors, expr: sumBy([...SERVICE, 'mesh'], owned(recorded(series.namespaceErrors))) },
  ...byPeer(series.peerCalls, series.tenantCalls, [...SERVICE, 'direction', 'protocol', 'secured', 'mesh']),
  ...byPeer(series.peerDenied, series.tenantDenied, [...SERVICE, 'protocol', 'mesh']),
  { record: series.errorRatio, expr: `(${errors}) / (${requests} > 0)` },
  { record: series.securedRatio, expr: `(${secured}) / (${calls} > 0)` },
  ...[0.5, 0.95, 0.99].map(quantile),
];
