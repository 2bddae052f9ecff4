import { selects } from '../label-selector.js';
import { type IstioPeerAuthentication } from './istio-policies.js';
import { type JudgedMesh, type MeshCall, type MeshVerdict, titleOf } from './mesh-call.js';

/**
 * Refuses a connection without a certificate if mutual TLS is required; null: evaluation continues. A policy for the
 * pod takes precedence over that of its namespace, and that over the mesh-wide one; the oldest of several at one level
 * applies. Without any, plaintext is accepted (Istio, PeerAuthentication).
 * @param policies the oldest first
 */
export function refusesPlaintext(
  policies: readonly IstioPeerAuthentication[],
  { controlPlaneNamespace }: JudgedMesh,
  { identity, to }: MeshCall,
): MeshVerdict | null {
  if (identity !== null) return null;
  const own = policies.filter((policy) => policy.namespace === to.namespace);
  const levels = [
    own.find(({ selector }) => selector !== undefined && selects(selector, to.labels)),
    own.find(({ selector }) => selector === undefined),
    policies.find(({ namespace, selector }) => namespace === controlPlaneNamespace && selector === undefined),
  ];
  const effective = levels.find((policy) => policy?.mtls !== undefined && policy.mtls.mode !== 'UNSET');
  return effective?.mtls?.mode === 'STRICT' ? { allowed: false, because: [titleOf(effective.object)] } : null;
}
