import { type JWTPayload } from 'jose';

import { type Issuer } from './issuer.js';

/** Characters of a claim that are looked at; more is no name of anything. */
const MOST_CHARACTERS = 500;

/** Claims of a token whose signature, issuer, audience and times are right. */
export interface VerifiedClaims {
  issuer: Issuer;
  payload: JWTPayload;
}

/**
 * Returns the texts of a claim: one, those of a list, or none. An e-mail address counts only if the issuer has verified
 * it (OpenID Connect Core, section 5.7), because people can enter any at many providers.
 * @param name of the claim, or a JSON Pointer to it
 */
export function claimTexts({ issuer, payload }: VerifiedClaims, name: string): string[] {
  if (name === issuer.claims.email && !isVerified(payload)) return [];
  const value = name.startsWith('/') ? atPointer(payload, name) : payload[name];
  return [value].flat().filter(isName);
}

/** Returns the verified e-mail address, in lower case; null if there is none. */
export function verifiedEmail(claims: VerifiedClaims): string | null {
  const [email = null] = claimTexts(claims, claims.issuer.claims.email);
  return email?.toLowerCase() ?? null;
}

/** Reports whether a text matches a pattern in which `*` stands for any characters. */
export function matchesGlob(pattern: string, text: string): boolean {
  const source = pattern
    .split(/\*+/)
    .map((part) => part.replace(/[.+?^${}()|[\]\\]/g, '\\$&'))
    .join('.*');
  return new RegExp(`^${source}$`, 's').test(text);
}

function isVerified({ email_verified: verified }: JWTPayload): boolean {
  // Some providers send it as a text.
  return verified === true || verified === 'true';
}

function atPointer(payload: JWTPayload, pointer: string): unknown {
  const keys = pointer.slice(1).split('/');
  return keys.reduce<unknown>((value, key) => {
    const name = key.replaceAll('~1', '/').replaceAll('~0', '~');
    return typeof value === 'object' && value !== null && Object.hasOwn(value, name)
      ? (value as Record<string, unknown>)[name]
      : undefined;
  }, payload);
}

/** A text that can be told from others when it is read: no control characters, which could hide what it is. */
function isName(value: unknown): value is string {
  return (
    typeof value === 'string' &&
    value !== '' &&
    value.length <= MOST_CHARACTERS &&
    value.isWellFormed() &&
    !/\p{Cc}/u.test(value)
  );
}
