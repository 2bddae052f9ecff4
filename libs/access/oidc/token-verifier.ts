import { DomainError } from '#problems';
import { decodeJwt, errors, type JWTPayload, jwtVerify, type JWTVerifyResult } from 'jose';

import { type VerifiedClaims } from './claims.js';
import { IssuerKeys, IssuerUnavailable } from './issuer-keys.js';
import { ABSENT_TYPE, type Issuer } from './issuer.js';

/** How far the clocks of an issuer and of this machine may be apart. */
const CLOCK_SKEW_SECONDS = 30;

/** Verifies tokens of the configured issuers as RFC 8725 and RFC 9068 demand. */
export class TokenVerifier {
  private readonly issuers: ReadonlyMap<string, { issuer: Issuer; keys: IssuerKeys }>;

  constructor(issuers: readonly Issuer[]) {
    this.issuers = new Map(issuers.map((issuer) => [issuer.issuer, { issuer, keys: new IssuerKeys(issuer) }]));
  }

  /**
   * Returns the claims of a token.
   * @throws `auth.token_invalid`, saying what is wrong; `auth.token_expired`, `auth.issuer_unavailable`
   */
  async verify(token: string): Promise<VerifiedClaims> {
    const trusted = this.issuers.get(issuerOf(token));
    if (trusted === undefined) throw invalid('Its issuer is not one that this installation trusts.');
    const { issuer, keys } = trusted;
    const { payload, protectedHeader } = await jwtVerify(token, keys.find, {
      issuer: issuer.issuer,
      audience: issuer.audiences,
      algorithms: issuer.algorithms,
      clockTolerance: CLOCK_SKEW_SECONDS,
      requiredClaims: ['exp'],
    }).catch((error: unknown): JWTVerifyResult => {
      throw refusalOf(error);
    });
    const type = typeOf(protectedHeader.typ);
    if (!issuer.types.some((each) => each.toLowerCase() === type)) {
      throw invalid(`It is of the type "${type}"; of this issuer, ${issuer.types.join(' or ')} is accepted.`);
    }
    return { issuer, payload };
  }
}

/** Media types may be written without `application/` (RFC 7515, section 4.1.9). */
function typeOf(typ: string | undefined): string {
  return typ?.toLowerCase().replace(/^application\//, '') ?? ABSENT_TYPE;
}

function issuerOf(token: string): string {
  try {
    const payload: JWTPayload = decodeJwt(token);
    return payload.iss ?? '';
  } catch {
    throw invalid('It is not a JSON Web Token.');
  }
}

function refusalOf(error: unknown): unknown {
  if (error instanceof IssuerUnavailable) {
    const detail = 'The keys of the issuer of this token cannot be read at the moment. Try again.';
    return new DomainError('auth.issuer_unavailable', detail, { cause: error });
  }
  if (error instanceof errors.JWTExpired) {
    return new DomainError('auth.token_expired', 'The token has expired. Get a new one.');
  }
  if (error instanceof errors.JWTClaimValidationFailed) return invalid(claimFault(error));
  if (error instanceof errors.JOSEAlgNotAllowed) return invalid('Its algorithm is not accepted of this issuer.');
  if (error instanceof errors.JWKSNoMatchingKey) {
    return invalid('It is signed with a key that its issuer does not have.');
  }
  if (error instanceof errors.JOSEError) return invalid('Its signature is not valid.');
  return error;
}

function claimFault({ claim }: errors.JWTClaimValidationFailed): string {
  switch (claim) {
    case 'aud':
      return 'It was issued for another audience.';
    case 'nbf':
      return 'It is not valid yet.';
    default:
      return `Its claim "${claim}" is missing or not valid.`;
  }
}

export function invalid(reason: string): DomainError {
  return new DomainError('auth.token_invalid', `The token is not accepted. ${reason}`);
}
