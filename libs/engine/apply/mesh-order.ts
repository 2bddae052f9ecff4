import { type KubernetesObject } from '#isolation';

type Named = Pick<KubernetesObject, 'apiVersion' | 'kind' | 'metadata'>;

/** Kinds of meshes that open nothing, whatever is in them. */
const closingKinds = new Set([
  ...['PeerAuthentication', 'Sidecar', 'Telemetry', 'DestinationRule', 'EnvoyFilter'],
  ...['Server', 'EgressNetwork', 'HTTPLocalRateLimitPolicy'],
]);
/** Both Istio and Linkerd have the kind; Linkerd's can only allow. */
const closingPolicies = /-(default-deny|isolation-guard)$/;
const guards = /-isolation-guard$/;

/**
 * Whether an object of a mesh closes, or at least opens nothing. Told from kind and name, because of what has to be
 * removed no more is known; a policy of another name counts as one that opens.
 */
export function closesMesh({ apiVersion, kind, metadata }: Named): boolean {
  return closingKinds.has(kind) || (isIstioPolicy(apiVersion, kind) && closingPolicies.test(metadata.name));
}

/** Whether an object refuses whatever others allow: of all that closes it is the last to go. */
export function isMeshGuard({ apiVersion, kind, metadata }: Named): boolean {
  return isIstioPolicy(apiVersion, kind) && guards.test(metadata.name);
}

function isIstioPolicy(apiVersion: string, kind: string): boolean {
  return apiVersion.startsWith('security.istio.io/') && kind === 'AuthorizationPolicy';
}
