import { allows, type Principal } from '#access';
import { type LinkCaller } from '#links';

/** Maps the caller to link permissions. Few can consent for both sides; each consent is on record. */
export function linkCaller(caller: Principal): LinkCaller {
  const [mayConsent, mayConsentForBoth] = [allows(caller, 'links:consent'), allows(caller, 'links:consent-for-both')];
  return { id: caller.id, mayConsent, mayConsentForBoth };
}
