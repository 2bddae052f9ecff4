import { spiffeOf } from './istio-decision.js';
import {
  type IstioAuthorization,
  type IstioRule,
  type Operation,
  type Source,
  speaksOfRequests,
} from './istio-policies.js';
import { type JudgedMesh, type MeshCall } from './mesh-call.js';

/**
 * Reports whether Envoy matches a rule of a policy, in the RBAC that istiod generates. A rule about requests is treated
 * as on a port without HTTP: an ALLOW rule matches nothing, a DENY rule ignores its request conditions.
 */
export function isMetInEnvoy({ action, rules }: IstioAuthorization, mesh: JudgedMesh, call: MeshCall): boolean {
  return rules.some((rule) => isMet(rule, action, mesh, call));
}

function isMet(
  { from, to }: IstioRule,
  action: IstioAuthorization['action'],
  mesh: JudgedMesh,
  call: MeshCall,
): boolean {
  const parts = [...from.map(({ source }) => source), ...to.map(({ operation }) => operation)];
  if (action === 'ALLOW' && parts.some(speaksOfRequests)) return false;
  return (
    (from.length === 0 || from.some(({ source }) => isFrom(source, mesh, call))) &&
    (to.length === 0 || to.some(({ operation }) => isAt(operation, call)))
  );
}

/** All fields of a source must match. */
function isFrom(source: Source, mesh: JudgedMesh, { identity }: MeshCall): boolean {
  const id = identity === null ? null : `spiffe://${spiffeOf(mesh, identity)}`;
  const isPrincipal = (pattern: string): boolean => id !== null && principalPattern(pattern).test(id);
  const isNamespace = (pattern: string): boolean => id !== null && namespacePattern(pattern).test(id);
  return (
    someOf(source.principals, isPrincipal) &&
    someOf(source.namespaces, isNamespace) &&
    !source.notPrincipals.some(isPrincipal) &&
    !source.notNamespaces.some(isNamespace)
  );
}

function isAt({ ports, notPorts }: Operation, { port }: MeshCall): boolean {
  const isPort = (text: string): boolean => Number(text) === port;
  return someOf(ports, isPort) && !notPorts.some(isPort);
}

function someOf(list: readonly string[], test: (item: string) => boolean): boolean {
  return list.length === 0 || list.some(test);
}

/** A star matches anything at either end, and on its own any identity. */
function principalPattern(pattern: string): RegExp {
  if (pattern === '*') return /^.+$/;
  const [prefix, suffix] = [pattern.startsWith('*') ? '.*' : '', pattern.endsWith('*') ? '.*' : ''];
  return new RegExp(`^spiffe://${prefix}${escaped(pattern.replace(/^\*|\*$/g, ''))}${suffix}$`);
}

/** The namespace is searched within the identity, regardless of its trust domain; a star matches anything. */
function namespacePattern(pattern: string): RegExp {
  return new RegExp(`^.*/ns/${pattern.split('*').map(escaped).join('.*')}/.*$`);
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
