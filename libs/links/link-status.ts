import { cutOff } from '#tenancy';

/** The sides of a link: the provider offers a service, the consumer calls it. */
export const linkSides = ['provider', 'consumer'] as const;
export type LinkSide = (typeof linkSides)[number];

/**
 * The state of a link. `proposed`: a consent is missing. `approved`: both sides consented, but it is not in force on
 * both yet, or a side is cut off. `active`: in force on both sides. `failed`: approved, but a problem prevents it;
 * retried.
 */
export const linkStates = ['proposed', 'approved', 'active', 'failed', 'expired', 'revoked'] as const;
export type LinkState = (typeof linkStates)[number];

/** Why a link ended. */
export const linkEnds = ['expired', 'revoked', 'tenant-deleted'] as const;
export type LinkEnd = (typeof linkEnds)[number];

/** Why an approved link cannot be opened; docs/runbooks/links.md describes the remedies. */
export const linkProblemCodes = [
  'ServiceNotFound',
  'ServiceIsExternalName',
  'ServiceWithoutSelector',
  'ServiceSelectorTooLarge',
  'TooManySelectors',
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

/** What the service of a link resolves to, as found by a worker. */
export interface LinkResolution {
  /** Pod labels that the Service selects; never empty. */
  podLabels: Record<string, string>;
  /** The ports of the Service and the target ports of its pods. */
  ports: { port: number; targetPort: number }[];
}

/** SQL for the state of a link `l` between the tenants `p` and `c`. */
export const LINK_STATE = `(CASE
    WHEN l.ended_at IS NOT NULL THEN CASE WHEN l.end_reason = 'expired' THEN 'expired' ELSE 'revoked' END
    WHEN l.provider_consent_at IS NULL OR l.consumer_consent_at IS NULL THEN 'proposed'
    WHEN l.problem IS NOT NULL THEN 'failed'
    WHEN l.provider_in_force_at IS NOT NULL AND l.consumer_in_force_at IS NOT NULL
      AND NOT ${cutOff('p')} AND NOT ${cutOff('c')} THEN 'active'
    ELSE 'approved' END)`;
