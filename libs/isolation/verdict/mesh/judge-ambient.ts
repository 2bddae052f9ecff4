import { type KubernetesObject } from '../../model/kubernetes-object.js';
import { selects } from '../label-selector.js';
import { isMetInEnvoy } from './envoy-rbac.js';
import { decide } from './istio-decision.js';
import { refusesPlaintext } from './istio-peers.js';
import { readIstioPolicies } from './istio-policies.js';
import { type JudgedMesh, type MeshCall, type MeshVerdict } from './mesh-call.js';
import { isMetInZtunnel } from './ztunnel-rbac.js';

/** The name of a waypoint, and of the account that Istio makes for it: its pods are the tenant's, whoever calls through. */
const WAYPOINT = 'waypoint';

/**
 * What an ambient mesh says to a call. A call of a Service with a waypoint is judged there, and then once more at the
 * pod, to which it comes as the waypoint.
 */
export function judgeAmbient(objects: readonly KubernetesObject[], mesh: JudgedMesh, call: MeshCall): MeshVerdict {
  if (call.service === undefined) return judgeZtunnel(objects, mesh, call);
  const atWaypoint = judgeWaypoint(objects, mesh, { ...call, service: call.service });
  if (!atWaypoint.allowed) return atWaypoint;
  const identity = { namespace: call.to.namespace, serviceAccount: WAYPOINT };
  return judgeZtunnel(objects, mesh, { identity, to: call.to, port: call.port });
}

/** What the proxy of the node says. Policies that name a Gateway or a Service are not for it. */
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
 * What a waypoint says: only policies that name it, or the Service that is called, are heard, and the port is the
 * Service's. Nobody comes to it without a certificate.
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
