import { ConfigError } from '#config';

import { claimTexts, matchesGlob, type VerifiedClaims } from './oidc/claims.js';
import { type Issuer } from './oidc/issuer.js';
import { builtInRole } from './roles.js';

/** A role that a rule gives to a caller. */
export interface RuledRole {
  role: string;
  /** Null: as the role says. */
  tenants: { is: 'id' | 'externalId'; names: readonly string[] } | null;
}

/** Returns what the rules of its issuer give to the holder of a token: those of which each claim matches. */
export function ruledRoles(claims: VerifiedClaims): RuledRole[] {
  return claims.issuer.rules
    .filter(({ when }) =>
      Object.entries(when).every(([name, pattern]) =>
        claimTexts(claims, name).some((text) => matchesGlob(pattern, text)),
      ),
    )
    .map(({ role, tenant }) => {
      if (tenant === undefined) return { role, tenants: null };
      if ('id' in tenant) return { role, tenants: { is: 'id', names: [tenant.id] } };
      return { role, tenants: { is: tenant.is, names: claimTexts(claims, tenant.claim) } };
    });
}

/**
 * Refuses rules that could never give anything.
 * @throws ConfigError naming the rule
 */
export function checkRules(issuers: readonly Issuer[]): void {
  for (const { name, rules } of issuers) {
    for (const [index, { role, tenant }] of rules.entries()) {
      if (tenant !== undefined || builtInRole(role)?.reach !== 'tenant') continue;
      throw new ConfigError(
        `BULKHEAD_ISSUERS_FILE: rule ${index + 1} of the issuer "${name}" gives the role "${role}" for no tenant; name one in "tenant"`,
      );
    }
  }
}
