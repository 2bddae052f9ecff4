import { cutOff } from '#tenancy';

/** The two sides of a link: who offers a service, and who calls it. */
export const linkSides = ['provider', 'consumer'] as const;
export type LinkSide = (typeof linkSides)[number];

/**
 * How far a link is. `proposed`: a consent is missing. `approved`: both sides agree, and what it takes does not stand
 * yet, or a side is cut off. `active`: it stands on both sides. `failed`: agreed, and it cannot stand; it is tried again.
 */
export const linkStates = ['proposed', 'approved', 'active', 'failed', 'expired', 'revoked'] as const;
export type LinkState = (typeof linkStates)[number];

/** Why a link has ended. */
export const linkEnds = ['expired', 'revoked', 'tenant-deleted'] as const;
export type LinkEnd = (typeof linkEnds)[number];

/** Why an agreed link cannot stand; docs/runbooks/links.md says of each what to do. */
export const linkProblemCodes = [
  'ServiceNotFound',
  'ServiceIsExternalName',
  'ServiceWithoutSelector',
  'ServiceUnreadable',
  'ServiceNotExported',
  'PortNotFound',
  'PortIsNotTcp',
  'TargetPortUnknown',
  'TargetPortAmbiguous',
] as const;

export interface LinkProblem {
  code: (typeof linkProblemCodes)[number];
  message: string;
  /** `apiVersion/Kind/namespace/name` */
  object: string;
}

/** What a worker found behind the service of a link. */
export interface LinkResolution {
  /** What the Service selects; never empty. */
  podLabels: Record<string, string>;
  /** The numbers of its ports, and of the ports of its pods that they lead to. */
  ports: { port: number; targetPort: number }[];
}

/** The state of a link `l` between the tenants `p` and `c`. */
export const LINK_STATE = `(CASE
    WHEN l.ended_at IS NOT NULL THEN CASE WHEN l.end_reason = 'expired' THEN 'expired' ELSE 'revoked' END
    WHEN l.provider_consent_at IS NULL OR l.consumer_consent_at IS NULL THEN 'proposed'
    WHEN l.problem IS NOT NULL THEN 'failed'
    WHEN l.provider_in_force_at IS NOT NULL AND l.consumer_in_force_at IS NOT NULL
      AND NOT ${cutOff('p')} AND NOT ${cutOff('c')} THEN 'active'
    ELSE 'approved' END)`;
