import { type PlanSpec } from '#plans';

import { type NetworkRule } from '../model/network-rule.js';
import { type MeshFacts, type TenantInput } from '../model/tenant-input.js';

/** A capability that a rule needs and the tenant's cluster lacks. */
export interface LackingForRule {
  /** The field of the rule that needs it. */
  pointer: string;
  capability: 'mesh' | 'mesh.hosts' | 'mesh.mtls' | 'mesh.egress';
  /** A sentence. */
  detail: string;
}

type Place = Pick<TenantInput, 'cluster' | 'plan'>;

/** Returns what the cluster lacks to carry a rule out; null if it lacks nothing. Pure. */
export function lackingForRule(rule: NetworkRule, { cluster, plan }: Place): LackingForRule | null {
  const { mode } = plan.spec.mesh;
  const mesh = mode === 'none' ? null : (cluster.mesh ?? null);
  if (rule.hosts.length > 0) {
    const pointer = '/hosts';
    if (mesh !== null) {
      const detail = 'Rules about hosts cannot be carried out in the mesh of the cluster: name ranges instead.';
      return { pointer, capability: 'mesh.hosts', detail };
    }
    const why = mode === 'none' ? 'the plan does not join one' : 'the cluster has none';
    const detail = `Only a service mesh tells hosts apart, and ${why}: name ranges instead.`;
    return { pointer, capability: 'mesh', detail };
  }
  // What is denied is denied by the network policies, in front of the proxies and behind them.
  return mesh === null || rule.action === 'deny' ? null : closedByProxies(rule, mesh, plan.spec.mesh);
}

/** Returns why the proxies of a mesh would refuse what a rule allows; null: they would not. */
function closedByProxies(
  { direction, ports }: NetworkRule,
  { kind }: MeshFacts,
  { mtls, egress }: PlanSpec['mesh'],
): LackingForRule | null {
  if (direction === 'ingress' && (mtls === 'strict' || kind === 'linkerd')) {
    const detail =
      'Callers from outside of the mesh have no certificate, and the mesh accepts only callers with one ' +
      '(mesh.mtls of the plan).';
    return { pointer: '/direction', capability: 'mesh.mtls', detail };
  }
  // Node proxies of an ambient mesh pass on what they do not know, and no proxy handles anything but TCP.
  const isProxied =
    kind !== 'istio-ambient' && (ports.length === 0 || ports.some(({ protocol }) => protocol === 'TCP'));
  if (direction === 'egress' && egress === 'registry-only' && isProxied) {
    const detail =
      'The proxies of the mesh pass on TCP only to hosts that they know, and ranges are not among them (mesh.egress of ' +
      'the plan is "registry-only").';
    return { pointer: '/cidrs', capability: 'mesh.egress', detail };
  }
  return null;
}
