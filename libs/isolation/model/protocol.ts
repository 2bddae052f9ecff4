/** Protocols whose ports NetworkPolicies distinguish. */
export const protocols = ['TCP', 'UDP', 'SCTP'] as const;
export type Protocol = (typeof protocols)[number];
