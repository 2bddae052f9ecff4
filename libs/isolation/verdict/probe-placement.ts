import { NAMESPACE_NAME_LABEL } from '../model/labels.js';
import { type LabelSelector, selects } from './label-selector.js';
import { type Policies } from './policies.js';
import { type Peer, type Policy } from './policy-model.js';

/** A namespace without any label of its own: what comes from there belongs to nobody. */
const NOBODY = 'bulkhead-probe-nobody';
/** The value of a label of which only the key is asked for. */
const ANY_VALUE = 'probe';

/**
 * Where probes go: the namespaces asked for, those that policies in them name, described or not, and one that nobody
 * knows.
 * @param wanted null: all that objects describe
 * @throws RangeError when one that is asked for is not described
 */
export function probeNamespaces(policies: Policies, wanted: readonly string[] | null): string[] {
  const described = policies.namespaceNames();
  const unknown = (wanted ?? []).filter((name) => !described.includes(name));
  if (unknown.length > 0) throw new RangeError(`No object describes the namespace ${unknown.join(', ')}.`);
  const deciding = policies.all().filter(({ ref: { namespace } }) => {
    return namespace === null || wanted === null || wanted.includes(namespace);
  });
  const named = peersOf(deciding).flatMap((peer) => {
    if (peer.kind !== 'pods' || typeof peer.namespaces === 'string') return [];
    return peer.namespaces.matchLabels?.[NAMESPACE_NAME_LABEL] ?? [];
  });
  return [...new Set([...(wanted ?? described), ...named, NOBODY])].sort();
}

/** Sets of labels that tell apart what selectors of pods say, none at all among them. */
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

/** Labels that a selector selects; null when no labels are found that it would. */
function labelsFor(selector: LabelSelector): Record<string, string> | null {
  const labels: Record<string, string> = { ...selector.matchLabels };
  for (const { key, operator, values = [] } of selector.matchExpressions ?? []) {
    if (operator === 'In') labels[key] ??= values[0] ?? ANY_VALUE;
    if (operator === 'Exists') labels[key] ??= ANY_VALUE;
  }
  const sorted = Object.fromEntries(Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1)));
  return selects(selector, sorted) ? sorted : null;
}
