interface Condition {
  status: string;
  reason: string;
}

/** Returns conditions that are not true, except the one for the missing network plug-in of the development cluster. */
export function notTrue<C extends Condition>(conditions: readonly C[]): C[] {
  return conditions.filter(({ status, reason }) => status !== 'True' && reason !== 'NoNetworkPolicyEngine');
}
