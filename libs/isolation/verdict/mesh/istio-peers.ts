import { selects } from '../label-selector.js';
import { type IstioPeerAuthentication } from './istio-policies.js';
import { type JudgedMesh, type MeshCall, type MeshVerdict, titleOf } from './mesh-call.js';

/**
 * Refuses a connection without a certificate where mutual TLS is a must; null: it goes on. The policy of the pod comes
 * before that of its namespace, and that before that of the whole mesh; of several of one rank the oldest is heard.
 * Without any, plaintext is taken (Istio, PeerAuthentication).
 * @param policies the oldest first
 */
export function refusesPlaintext(
  policies: readonly IstioPeerAuthentication[],
  { controlPlaneNamespace }: JudgedMesh,
  { identity, to }: MeshCall,
): MeshVerdict | null {
  if (identity !== null) return null;
  const own = policies.filter((policy) => policy.namespace === to.namespace);
  const ranks = [
    own.find(({ selector }) => selector !== undefined && selects(selector, to.labels)),
    own.find(({ selector }) => selector === undefined),
    policies.find(({ namespace, selector }) => namespace === controlPlaneNamespace && selector === undefined),
  ];
  const heard = ranks.find((policy) => policy?.mtls !== undefined && policy.mtls.mode !== 'UNSET');
  return heard?.mtls?.mode === 'STRICT' ? { allowed: false, because: [titleOf(heard.object)] } : null;
}
