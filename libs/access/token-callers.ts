import { DomainError } from '#problems';

import { ruledRoles } from './issuer-rules.js';
import { type AccountName, type Affiliations, type MemberName, type Memberships } from './memberships.js';
import { claimTexts, type VerifiedClaims, verifiedEmail } from './oidc/claims.js';
import { type TokenVerifier } from './oidc/token-verifier.js';
import { type Caller } from './principal.js';

/** OpenID Connect Core, section 2: a subject has at most 255 characters. */
const LONGEST_SUBJECT = 255;

/** Who the holder of a token is, and what it has to do with tenants. */
export interface TokenHolder extends Omit<Caller, 'grants' | 'isInvited' | 'now' | 'expiresAt'> {
  expiresAt: Date;
  affiliations: Affiliations;
}

/** Authenticates callers with tokens of the configured issuers: people, CI jobs and ServiceAccounts alike. */
export class TokenCallers {
  constructor(
    private readonly tokens: TokenVerifier,
    private readonly memberships: Memberships,
  ) {}

  /**
   * Verifies a token.
   * @throws `auth.token_{invalid,expired}`, `auth.issuer_unavailable`
   */
  async holderOf(token: string): Promise<TokenHolder> {
    return holderOf(await this.tokens.verify(token));
  }

  /** Returns the holder with everything that it may do now. */
  async callerOf(holder: TokenHolder): Promise<Caller> {
    const { affiliations, ...who } = holder;
    const now = (): Promise<Caller | null> =>
      who.expiresAt.getTime() < Date.now() ? Promise.resolve(null) : this.callerOf(holder);
    return { ...who, now, ...(await this.memberships.standingOf(affiliations)) };
  }
}

function holderOf(claims: VerifiedClaims): TokenHolder {
  const { issuer, payload } = claims;
  const [subject, ...others] = claimTexts(claims, issuer.claims.subject);
  if (subject === undefined || others.length > 0 || subject.length > LONGEST_SUBJECT) {
    throw new DomainError('auth.token_invalid', 'The token is not accepted. It does not name its subject.');
  }
  const email = verifiedEmail(claims);
  const user = issuer.callers === 'people' ? userOf(claims) : null;
  const [name = email ?? subject] = claimTexts(claims, issuer.claims.name);
  return {
    // Never the e-mail address, which can pass to another person (OpenID Connect Core, section 5.7).
    id: `oidc:${issuer.name}:${subject}`,
    kind: issuer.callers === 'people' ? 'person' : 'workload',
    name,
    email,
    user,
    expiresAt: new Date((payload.exp ?? 0) * 1000),
    affiliations: {
      members: memberNames(claims),
      account: accountOf(claims),
      roles: ruledRoles(claims),
      email: user === null ? null : email,
    },
  };
}

/** Returns the names under which clusters, and therefore tenants, know the holder of a token. */
function memberNames(claims: VerifiedClaims): MemberName[] {
  const { user, group } = claims.issuer.members;
  const named = (kind: MemberName['kind'], by: { claim: string; prefix: string } | undefined): MemberName[] =>
    by === undefined ? [] : claimTexts(claims, by.claim).map((name) => ({ kind, name: by.prefix + name }));
  return [...named('User', user), ...named('Group', group)];
}

function userOf(claims: VerifiedClaims): string | null {
  const users = memberNames(claims).filter(({ kind }) => kind === 'User');
  return users.length === 1 ? (users[0]?.name ?? null) : null;
}

function accountOf(claims: VerifiedClaims): AccountName | null {
  const { serviceAccountsOf: cluster } = claims.issuer.members;
  if (cluster === undefined) return null;
  const [subject = ''] = claimTexts(claims, claims.issuer.claims.subject);
  const [, namespace, name] = /^system:serviceaccount:([^:]+):([^:]+)$/.exec(subject) ?? [];
  return namespace === undefined || name === undefined ? null : { namespace, name, cluster };
}
