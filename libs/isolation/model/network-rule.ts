import { type Protocol } from './protocol.js';

export const ruleDirections = ['ingress', 'egress'] as const;
export const ruleActions = ['allow', 'deny'] as const;

/** Ports of one protocol, as NetworkPolicy writes them. */
export interface RulePort {
  protocol: Protocol;
  /** Absent: every port of the protocol. */
  port?: number;
  /** The last port of a range that begins with `port`. */
  endPort?: number;
}

/** A rule of a tenant that allows or denies traffic by address or host. */
export interface NetworkRule {
  /** The TypeID, `rule_01…`. */
  id: string;
  direction: (typeof ruleDirections)[number];
  action: (typeof ruleActions)[number];
  /** Where egress goes to, or ingress comes from. Empty if the rule has hosts. */
  cidrs: readonly string[];
  /** Names in the public DNS that egress goes to. */
  hosts: readonly string[];
  /** Parts of `cidrs` to which the rule does not apply. */
  except: readonly string[];
  /** Of the destination; empty: all. */
  ports: readonly RulePort[];
  /** Names; null: all environments. */
  environments: readonly string[] | null;
  /** Labels that the tenant's pods must have; empty: all pods. */
  podLabels: Readonly<Record<string, string>>;
  /** Whether an operator set it regardless of what the plan lets rules open. */
  beyondPlan: boolean;
}
