import { ENVIRONMENT_LABEL, TENANT_ID_LABEL } from '#isolation';

import { type RecordingRule, withLabels } from './recording-rule.js';
import { recorded, series } from './series.js';

/** Returns the name that kube-state-metrics gives a Kubernetes label. */
function metricLabel(label: string): string {
  return `label_${label.replace(/[^a-zA-Z0-9_]/g, '_')}`;
}

const tenantLabel = metricLabel(TENANT_ID_LABEL);

// The job label is set by Prometheus and cannot be forged by a target: a tenant's pod can serve a metric of any name.
const namespaces = `kube_namespace_labels{job="kube-state-metrics",${tenantLabel}=~"tenant_[0-9a-z]{26}"}`;

function named(expr: string): string {
  const labels = { tenant: tenantLabel, environment: metricLabel(ENVIRONMENT_LABEL) };
  return `group by (namespace, tenant, environment) (${withLabels(expr, labels)})`;
}

function asPeer(expr: string): string {
  return withLabels(expr, { peer_namespace: 'namespace', peer: 'tenant' });
}

/**
 * Maps namespaces to tenants. Joined, so that the rules do not grow with the number of tenants. A namespace that
 * belonged to another tenant within the last ten minutes belongs to none: rates look back five minutes, and traffic of
 * one must not count for the other. Two mappings at once would also fail all joins, for every tenant.
 */
export const namespaceRules: readonly RecordingRule[] = [
  { record: series.namespacesSeen, expr: named(`last_over_time(${namespaces}[10m])`) },
  {
    record: series.namespaceInfo,
    expr: `${named(namespaces)} unless on (namespace) (count by (namespace) (${recorded(series.namespacesSeen)}) > 1)`,
  },
  {
    record: series.peerInfo,
    expr: `group by (peer_namespace, tenant, peer) (${asPeer(recorded(series.namespaceInfo))})`,
  },
  { record: series.peersSeen, expr: `group by (peer_namespace) (${asPeer(recorded(series.namespacesSeen))})` },
];
