import { type KubernetesObject } from '../../model/kubernetes-object.js';
import { selects } from '../label-selector.js';
import { isMetInEnvoy } from './envoy-rbac.js';
import { decide } from './istio-decision.js';
import { refusesPlaintext } from './istio-peers.js';
import { readIstioPolicies } from './istio-policies.js';
import { type JudgedMesh, type MeshCall, type MeshVerdict } from './mesh-call.js';

/**
 * Judges a connection at the sidecar of a pod: mutual TLS first, then DENY policies, then ALLOW policies (Istio,
 * Authorization Policy).
 */
export function judgeSidecar(objects: readonly KubernetesObject[], mesh: JudgedMesh, call: MeshCall): MeshVerdict {
  const { authorizations, peerAuthentications } = readIstioPolicies(objects);
  const { namespace, labels } = call.to;
  const refused = refusesPlaintext(peerAuthentications, mesh, call);
  if (refused !== null) return refused;
  const applied = authorizations.filter(({ selector, targetRefs, namespace: place }) => {
    // Policies that name a Gateway or a Service do not apply to sidecars.
    if (targetRefs.length > 0 || ![namespace, mesh.controlPlaneNamespace].includes(place)) return false;
    return selector === undefined || selects(selector, labels);
  });
  return decide(applied, (policy) => isMetInEnvoy(policy, mesh, call));
}
