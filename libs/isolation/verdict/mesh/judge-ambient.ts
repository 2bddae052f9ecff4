import { type KubernetesObject } from '../../model/kubernetes-object.js';
import { selects } from '../label-selector.js';
import { isMetInEnvoy } from './envoy-rbac.js';
import { decide } from './istio-decision.js';
import { refusesPlaintext } from './istio-peers.js';
import { readIstioPolicies } from './istio-policies.js';
import { type JudgedMesh, type MeshCall, type MeshVerdict } from './mesh-call.js';
import { isMetInZtunnel } from './ztunnel-rbac.js';

/**
 * The name of a waypoint and of the account that Istio creates for it: its pods count as the tenant's, whoever calls
 * through them.
 */
const WAYPOINT = 'waypoint';

/**
 * Judges a call in an ambient mesh. A call of a Service with a waypoint is judged there, and again at the pod, where it
 * arrives as the waypoint.
 */
export function judgeAmbient(objects: readonly KubernetesObject[], mesh: JudgedMesh, call: MeshCall): MeshVerdict {
  if (call.service === undefined) return judgeZtunnel(objects, mesh, call);
  const atWaypoint = judgeWaypoint(objects, mesh, { ...call, service: call.service });
  if (!atWaypoint.allowed) return atWaypoint;
  const identity = { namespace: call.to.namespace, serviceAccount: WAYPOINT };
  return judgeZtunnel(objects, mesh, { identity, to: call.to, port: call.port });
}

/** Judges a call at the proxy of the node. Policies that name a Gateway or a Service do not apply there. */
function judgeZtunnel(objects: readonly KubernetesObject[], mesh: JudgedMesh, call: MeshCall): MeshVerdict {
  const { authorizations, peerAuthentications } = readIstioPolicies(objects);
  const { namespace, labels } = call.to;
  const refused = refusesPlaintext(peerAuthentications, mesh, call);
  if (refused !== null) return refused;
  const applied = authorizations.filter(({ selector, targetRefs, namespace: place }) => {
    if (targetRefs.length > 0) return false;
    if (selector === undefined) return [namespace, mesh.controlPlaneNamespace].includes(place);
    return place === namespace && selects(selector, labels);
  });
  return decide(applied, (policy) => isMetInZtunnel(policy, mesh, call));
}

/**
 * Judges a call at a waypoint: only policies that name it or the called Service apply, and the port is that of the
 * Service. It accepts no call without a certificate.
 */
function judgeWaypoint(
  objects: readonly KubernetesObject[],
  mesh: JudgedMesh,
  { identity, to, service }: MeshCall & { service: { name: string; port: number } },
): MeshVerdict {
  if (identity === null) return { allowed: false, because: [] };
  const applied = readIstioPolicies(objects).authorizations.filter(({ targetRefs, namespace }) => {
    return targetRefs.some(
      ({ kind, name }) =>
        (namespace === to.namespace && kind === 'Gateway' && name === WAYPOINT) ||
        (namespace === to.namespace && kind === 'Service' && name === service.name) ||
        (namespace === mesh.controlPlaneNamespace && kind === 'GatewayClass' && name === 'istio-waypoint'),
    );
  });
  return decide(applied, (policy) => isMetInEnvoy(policy, mesh, { identity, to, port: service.port }));
}
