import { type KubernetesObject } from '#isolation';
import { isMeshKind } from '#kube';

import { orderOf } from './kind-order.js';

type Named = Pick<KubernetesObject, 'apiVersion' | 'kind' | 'metadata'>;

/** Names of restricting AuthorizationPolicies of Istio. Linkerd has the kind, too; its policies can only allow. */
const restrictingPolicies = /-(default-deny|isolation-guard)$/;
/** The other kinds of which an object restricts or opens, by its name: what proxies pass on to ranges opens. */
const openingFilters = /^tenant-egress-ranges$/;
const guards = /-isolation-guard$/;

/**
 * Reports whether an object of a mesh restricts, or at least opens nothing. Judged by kind and name, because nothing
 * more is known of an object that is about to be removed; a policy with any other name counts as opening.
 */
export function restrictsMesh({ apiVersion, kind, metadata }: Named): boolean {
  if (!isMeshKind(kind)) return false;
  const { effect } = orderOf(kind);
  if (kind === 'EnvoyFilter' || kind === 'EgressNetwork') return !openingFilters.test(metadata.name);
  return effect === 'closes' || (isIstioPolicy(apiVersion, kind) && restrictingPolicies.test(metadata.name));
}

/** Reports whether an object denies even what others allow: of all that restricts it is removed last. */
export function isMeshGuard({ apiVersion, kind, metadata }: Named): boolean {
  return isIstioPolicy(apiVersion, kind) && guards.test(metadata.name);
}

function isIstioPolicy(apiVersion: string, kind: string): boolean {
  return apiVersion.startsWith('security.istio.io/') && kind === 'AuthorizationPolicy';
}
