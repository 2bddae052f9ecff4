interface Condition {
  status: string;
  reason: string;
}

/** Conditions that are not as they should be. Nothing enforces NetworkPolicies in the development cluster, and that shows. */
export function notTrue<C extends Condition>(conditions: readonly C[]): C[] {
  return conditions.filter(({ status, reason }) => status !== 'True' && reason !== 'NoNetworkPolicyEngine');
}
