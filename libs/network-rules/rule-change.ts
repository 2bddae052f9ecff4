import { type NetworkRule, type RulePort } from '#isolation';
import { parseCidr } from '#plans';

export interface NewNetworkRule {
  direction: NetworkRule['direction'];
  action: NetworkRule['action'];
  cidrs: string[];
  hosts: string[];
  except: string[];
  ports: RulePort[];
  environments: string[] | null;
  podLabels: Record<string, string>;
  beyondPlan: boolean;
  reason: string;
  expiresAt: Date | null;
}

/** A merge patch of a rule; absent fields stay unchanged. */
export interface NetworkRuleChange extends Partial<Omit<NewNetworkRule, 'direction' | 'action' | 'podLabels'>> {
  /** Merged by key; null removes a label. Null: all pods. */
  podLabels?: Record<string, string | null> | null;
}

/** What a change does to the rules of a tenant. */
export type RulesChange =
  { create: NewNetworkRule } | { update: { id: string; change: NetworkRuleChange } } | { delete: { id: string } };

/** Returns what is stored of a rule: ranges in canonical spelling, in the order of the request. */
export function canonical(input: NewNetworkRule): NewNetworkRule {
  const { direction, action, hosts, ports, environments, podLabels, beyondPlan, reason, expiresAt } = input;
  const [cidrs, except] = [input.cidrs, input.except].map((texts) => texts.map((text) => parseCidr(text).text));
  return {
    ...{ direction, action, hosts, ports, environments, podLabels, beyondPlan, reason, expiresAt },
    cidrs: cidrs ?? [],
    except: except ?? [],
  };
}

/** Applies a merge patch to a rule. Pure. */
export function patched(rule: NewNetworkRule, { podLabels, ...change }: NetworkRuleChange): NewNetworkRule {
  return { ...canonical(rule), ...change, podLabels: mergedLabels(rule.podLabels, podLabels) };
}

function mergedLabels(labels: Record<string, string>, change: NetworkRuleChange['podLabels']): Record<string, string> {
  if (change === undefined) return labels;
  if (change === null) return {};
  const merged = Object.entries({ ...labels, ...change });
  return Object.fromEntries(merged.filter((entry): entry is [string, string] => entry[1] !== null));
}
