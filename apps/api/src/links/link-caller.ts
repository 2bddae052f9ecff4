import { allows, type Principal } from '#access';
import { type LinkCaller } from '#links';

/** Maps the caller to link permissions. Only `platform-admin` can consent for both sides; each consent is on record. */
export function linkCaller({ id, role }: Principal): LinkCaller {
  return { id, mayConsent: allows(role, 'links:consent'), mayConsentForBoth: role === 'platform-admin' };
}
