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

/** The first version of Istio whose proxies resolve the names that a wildcard stands for. */
const WILDCARDS_SINCE = [1, 31] as const;

/** Returns what the cluster lacks to carry a rule out; null if it lacks nothing. Pure. */
export function lackingForRule(rule: NetworkRule, { cluster, plan }: Place): LackingForRule | null {
  const { mode } = plan.spec.mesh;
  const mesh = mode === 'none' ? null : (cluster.mesh ?? null);
  if (rule.hosts.length > 0) {
    if (mesh !== null) return withoutHosts(rule, mesh, plan.spec.mesh);
    const why = mode === 'none' ? 'the plan does not join one' : 'the cluster has none';
    const detail = `Only a service mesh tells hosts apart, and ${why}: name ranges instead.`;
    return { pointer: '/hosts', capability: 'mesh', detail };
  }
  // What is denied is denied by the network policies, in front of the proxies and behind them.
  return mesh === null || rule.action === 'deny' ? null : closedByProxies(rule, mesh, plan.spec.mesh);
}

/** Returns why a mesh cannot open or close what a rule about hosts says; null: it can. */
function withoutHosts(
  { hosts, podLabels }: NetworkRule,
  { kind, version }: MeshFacts,
  { egress }: PlanSpec['mesh'],
): LackingForRule | null {
  if (kind !== 'istio-sidecar') {
    const why =
      kind === 'linkerd'
        ? 'Linkerd believes the name that a client sends, and connects to any address under it'
        : 'node proxies of an ambient mesh pass on what they do not know';
    const detail = `Rules about hosts need proxies that resolve the hosts themselves (Istio with sidecars), and ${why}: name ranges instead.`;
    return { pointer: '/hosts', capability: 'mesh.hosts', detail };
  }
  if (egress !== 'registry-only') {
    const detail =
      'The proxies of the mesh pass on requests to any host, so that no rule opens or closes one (mesh.egress of the plan ' +
      'is not "registry-only").';
    return { pointer: '/hosts', capability: 'mesh.egress', detail };
  }
  if (Object.keys(podLabels).length > 0) {
    const detail = 'The mesh knows a host for all pods of a namespace: leave the selector out, or name ranges instead.';
    return { pointer: '/podSelector', capability: 'mesh.hosts', detail };
  }
  const wildcard = hosts.findIndex((host) => host.startsWith('*.'));
  if (wildcard === -1 || isSince(version, WILDCARDS_SINCE)) return null;
  const detail = `Wildcards need Istio ${WILDCARDS_SINCE.join('.')} or newer, and the cluster has ${version ?? 'an unknown version'}.`;
  return { pointer: `/hosts/${wildcard}`, capability: 'mesh.hosts', detail };
}

function isSince(version: string | null, [major, minor]: readonly [number, number]): boolean {
  const [, found = '', rest = ''] = /^v?(\d+)\.(\d+)/.exec(version ?? '') ?? [];
  return Number(found) > major || (Number(found) === major && Number(rest) >= minor && rest !== '');
}

/** Returns why the proxies of a mesh would refuse what a rule allows; null: they would not. */
function closedByProxies(
  { direction }: NetworkRule,
  { kind }: MeshFacts,
  { mtls }: PlanSpec['mesh'],
): LackingForRule | null {
  if (direction === 'egress' || (mtls !== 'strict' && kind !== 'linkerd')) return null;
  const detail =
    'Callers from outside of the mesh have no certificate, and the mesh accepts only callers with one ' +
    '(mesh.mtls of the plan).';
  return { pointer: '/direction', capability: 'mesh.mtls', detail };
}
