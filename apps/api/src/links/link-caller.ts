import { allows, type Principal } from '#access';
import { type LinkCaller } from '#links';

/** The caller as links see them. Four eyes, except of those who may do everything anyway; who it was is on record. */
export function linkCaller({ id, role }: Principal): LinkCaller {
  return { id, mayConsent: allows(role, 'links:consent'), mayConsentForBoth: role === 'platform-admin' };
}
