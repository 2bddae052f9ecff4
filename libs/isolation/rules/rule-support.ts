import { type NetworkRule } from '../model/network-rule.js';
import { type TenantInput } from '../model/tenant-input.js';

/** A capability that a rule needs and the tenant's cluster lacks. */
export interface LackingForRule {
  /** The field of the rule that needs it. */
  pointer: string;
  capability: 'mesh' | 'mesh.hosts' | 'mesh.mtls';
  /** A sentence. */
  detail: string;
}

type Place = Pick<TenantInput, 'cluster' | 'plan'>;

/** Returns what the cluster lacks to carry a rule out; null if it lacks nothing. Pure. */
export function lackingForRule({ direction, action, hosts }: NetworkRule, place: Place): LackingForRule | null {
  const { mode, mtls } = place.plan.spec.mesh;
  const mesh = mode === 'none' ? null : (place.cluster.mesh ?? null);
  if (hosts.length > 0) {
    const pointer = '/hosts';
    if (mesh !== null) {
      const detail = 'Rules about hosts cannot be carried out in the mesh of the cluster: name ranges instead.';
      return { pointer, capability: 'mesh.hosts', detail };
    }
    const why = mode === 'none' ? 'the plan does not join one' : 'the cluster has none';
    const detail = `Only a service mesh tells hosts apart, and ${why}: name ranges instead.`;
    return { pointer, capability: 'mesh', detail };
  }
  if (
    mesh !== null &&
    direction === 'ingress' &&
    action === 'allow' &&
    (mtls === 'strict' || mesh.kind === 'linkerd')
  ) {
    const detail =
      'Callers from outside of the mesh have no certificate, and the mesh accepts only callers with one ' +
      '(mesh.mtls of the plan).';
    return { pointer: '/direction', capability: 'mesh.mtls', detail };
  }
  return null;
}
