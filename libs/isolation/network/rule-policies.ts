import { type Cidr, compareCidrs } from '#plans';

import { type LabelCell, labelCells, type LabelSet } from '../mesh/label-cells.js';
import { fingerprint } from '../model/fingerprint.js';
import { type NetworkRule, ruleDirections } from '../model/network-rule.js';
import { type TenantEnvironment, type TenantInput } from '../model/tenant-input.js';
import { addressPieces, type AddressSource } from '../rules/address-pieces.js';
import { alwaysClosed } from '../rules/closed-ranges.js';
import { rulesInForce } from '../rules/in-force.js';
import { networkPolicyPorts, portKey, portSet } from '../rules/port-set.js';
import { ruleAddresses } from '../rules/rule-addresses.js';
import { hostSources, planSources } from './network-policy-egress.js';
import { type IpBlockPeer, type NamedPolicy } from './network-policy-parts.js';

type Direction = NetworkRule['direction'];

/** Far more groups than the selectors that a tenant's rules can have make. */
const MOST_GROUPS = 4_096;

/** The pods that match a selector, and what applies to all of them. */
interface PodGroup {
  selector: LabelCell['selector'];
  sources: AddressSource[];
}

/** Returns the rules of a NetworkPolicy for every pod of an environment; none if pods differ in what is denied. */
export function rulesOfEveryPod(
  tenant: TenantInput,
  environment: TenantEnvironment,
  direction: Direction,
): Record<string, unknown>[] {
  const every = podGroups(tenant, environment, direction).find(({ selector }) => Object.keys(selector).length === 0);
  return every === undefined ? [] : policyRules(tenant, direction, every.sources);
}

/** Returns the NetworkPolicies for pods to which other rules apply than to every pod. */
export function rulePolicies(tenant: TenantInput, environment: TenantEnvironment): NamedPolicy[] {
  // Without such a rule there is one group: every pod.
  if ((tenant.networkRules ?? []).every(({ podLabels }) => Object.keys(podLabels).length === 0)) return [];
  return ruleDirections.flatMap((direction) =>
    podGroups(tenant, environment, direction)
      .filter(({ selector }) => Object.keys(selector).length > 0)
      .flatMap(({ selector, sources }) => policyOf(tenant, direction, selector, sources)),
  );
}

/** Returns a policy whose name depends on the pods alone, so that an object never comes to select other pods. */
function policyOf(
  tenant: TenantInput,
  direction: Direction,
  podSelector: LabelCell['selector'],
  sources: readonly AddressSource[],
): NamedPolicy[] {
  const rules = policyRules(tenant, direction, sources);
  if (rules.length === 0) return [];
  const name = `tenant-rules-${direction}-${fingerprint(JSON.stringify(podSelector))}`;
  const policyTypes = [direction === 'ingress' ? 'Ingress' : 'Egress'];
  return [{ name, spec: { podSelector, policyTypes, [direction]: rules } }];
}

/**
 * Divides pods by what is allowed and denied to them. NetworkPolicies only add to each other, so a denial cannot be an
 * object: what it denies is left out of everything that selects its pods. Pods to which other denials apply therefore
 * need other policies, none of which selects a pod of another group.
 */
function podGroups(tenant: TenantInput, environment: TenantEnvironment, direction: Direction): PodGroup[] {
  const rules = rulesInForce(tenant, environment).filter((rule) => rule.cidrs.length > 0);
  const ofEvery = direction === 'egress' ? [...planSources(tenant), ...hostSources(tenant, environment)] : [];
  return groupsOf(rules, direction, ofEvery);
}

/** Returns how many policies rules need in an environment in which all of them are in force, for each direction. */
export function podGroupCount(rules: readonly NetworkRule[]): number {
  const everything: AddressSource = { action: 'allow', cidrs: [], except: [], ports: portSet([]) };
  const counts = ruleDirections.map((direction) => groupsOf(rules, direction, [everything]).length);
  return Math.max(...counts);
}

/** @param ofPlan what the plan opens for every pod */
function groupsOf(rules: readonly NetworkRule[], direction: Direction, ofPlan: readonly AddressSource[]): PodGroup[] {
  const of = (wanted: NetworkRule['action']): NetworkRule[] =>
    rules.filter((rule) => rule.direction === direction && rule.action === wanted);
  const [allows, denies] = [of('allow'), of('deny')];
  const denied = distinctLabels(denies).filter((labels) => Object.keys(labels).length > 0);
  const groups = new Map<string, PodGroup>();
  for (const labels of distinctLabels([{ podLabels: {} }, ...allows])) {
    const opened = [
      ...(Object.keys(labels).length === 0 ? ofPlan : []),
      ...allows.filter(({ podLabels }) => sameLabels(podLabels, labels)).flatMap(sourcesOf),
    ];
    if (opened.length === 0) continue;
    for (const { selector, matches } of labelCells([labels, ...denied], MOST_GROUPS)) {
      if (!matches.includes(0)) continue;
      const closing = denies.filter(({ podLabels }) => {
        const index = denied.findIndex((each) => sameLabels(each, podLabels));
        return index === -1 || matches.includes(index + 1);
      });
      const key = JSON.stringify(selector);
      const known = groups.get(key)?.sources ?? closing.flatMap(sourcesOf);
      groups.set(key, { selector, sources: [...known, ...opened] });
    }
  }
  return [...groups.values()];
}

function policyRules(
  tenant: TenantInput,
  direction: Direction,
  sources: readonly AddressSource[],
): Record<string, unknown>[] {
  const pieces = addressPieces(sources, alwaysClosed(tenant));
  const peers = direction === 'ingress' ? 'from' : 'to';
  return [...Map.groupBy(pieces, ({ ports }) => portKey(ports)).values()].map((same) => {
    const ports = same[0] === undefined ? null : networkPolicyPorts(same[0].ports);
    return { [peers]: same.map(peerOf), ...(ports !== null && { ports }) };
  });
}

function peerOf({ cidr, except }: { cidr: Cidr; except: readonly Cidr[] }): IpBlockPeer {
  if (except.length === 0) return { ipBlock: { cidr: cidr.text } };
  return { ipBlock: { cidr: cidr.text, except: [...except].sort(compareCidrs).map(({ text }) => text) } };
}

/** Returns what a rule allows or denies. */
export function sourcesOf(rule: NetworkRule): AddressSource[] {
  const { action, ports } = rule;
  return ruleAddresses(rule).map((addresses) => ({ action, ...addresses, ports: portSet(ports) }));
}

/** Returns the labels of rules, each once, in a fixed order. */
export function distinctLabels(of: readonly { podLabels: LabelSet }[]): LabelSet[] {
  const byText = new Map(of.map(({ podLabels }) => [labelsKey(podLabels), podLabels]));
  return [...byText].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, labels]) => labels);
}

function sameLabels(a: LabelSet, b: LabelSet): boolean {
  return labelsKey(a) === labelsKey(b);
}

/** Returns a text that is the same for equal labels only. */
export function labelsKey(labels: LabelSet): string {
  return JSON.stringify(Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1)));
}
