import { NAMESPACE_NAME_LABEL } from '../model/labels.js';
import { type LabelSelector, selects } from './label-selector.js';
import { type Policies } from './policies.js';
import { type Peer, type Policy } from './policy-model.js';

/** A namespace without labels, which belongs to no tenant. */
const UNOWNED = 'bulkhead-probe-nobody';
/** The value for a label of which only the key matters. */
const ANY_VALUE = 'probe';

/**
 * Returns the namespaces to place probes in: the requested ones, those that their policies name, described or not, and
 * one that is unknown to all policies.
 * @param requested null: all that objects describe
 * @throws RangeError when a requested one is not described
 */
export function probeNamespaces(policies: Policies, requested: readonly string[] | null): string[] {
  const described = policies.namespaceNames();
  const unknown = (requested ?? []).filter((name) => !described.includes(name));
  if (unknown.length > 0) throw new RangeError(`No object describes the namespace ${unknown.join(', ')}.`);
  const deciding = policies.all().filter(({ ref: { namespace } }) => {
    return namespace === null || requested === null || requested.includes(namespace);
  });
  const named = peersOf(deciding).flatMap((peer) => {
    if (peer.kind !== 'pods' || typeof peer.namespaces === 'string') return [];
    return peer.namespaces.matchLabels?.[NAMESPACE_NAME_LABEL] ?? [];
  });
  return [...new Set([...(requested ?? described), ...named, UNOWNED])].sort();
}

/** Returns label sets that cover every distinction that pod selectors make, including the empty set. */
export function probeLabels(policies: Policies): Record<string, string>[] {
  const selectors = [
    ...policies.all().map(({ pods }) => pods),
    ...peersOf(policies.all()).flatMap((peer) => (peer.kind === 'pods' ? [peer.pods] : [])),
  ];
  const sets = new Map<string, Record<string, string>>([['{}', {}]]);
  for (const selector of selectors) {
    const labels = labelsFor(selector);
    if (labels !== null) sets.set(JSON.stringify(labels), labels);
  }
  return [...sets].sort(([a], [b]) => a.length - b.length || (a < b ? -1 : 1)).map(([, labels]) => labels);
}

function peersOf(policies: readonly Policy[]): Peer[] {
  return policies.flatMap(({ rules }) => {
    return [...(rules.ingress ?? []), ...(rules.egress ?? [])].flatMap(({ peers }) => peers ?? []);
  });
}

/** Returns labels that a selector matches; null if none are found. */
function labelsFor(selector: LabelSelector): Record<string, string> | null {
  const labels: Record<string, string> = { ...selector.matchLabels };
  for (const { key, operator, values = [] } of selector.matchExpressions ?? []) {
    if (operator === 'In') labels[key] ??= values[0] ?? ANY_VALUE;
    if (operator === 'Exists') labels[key] ??= ANY_VALUE;
  }
  const sorted = Object.fromEntries(Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1)));
  return selects(selector, sorted) ? sorted : null;
}
