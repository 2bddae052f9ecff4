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
 * Whether Envoy finds a rule of a policy met, as istiod writes its RBAC. A rule that speaks of requests counts as it
 * does on a port that is not HTTP: it allows nothing, and it denies without asking for them.
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

/** All members of a source must hold. */
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

/** A star stands for anything at either end, and alone for any identity at all. */
function principalPattern(pattern: string): RegExp {
  if (pattern === '*') return /^.+$/;
  const [prefix, suffix] = [pattern.startsWith('*') ? '.*' : '', pattern.endsWith('*') ? '.*' : ''];
  return new RegExp(`^spiffe://${prefix}${escaped(pattern.replace(/^\*|\*$/g, ''))}${suffix}$`);
}

/** A namespace is looked for within the identity, whatever its trust domain; a star in it stands for anything. */
function namespacePattern(pattern: string): RegExp {
  return new RegExp(`^.*/ns/${pattern.split('*').map(escaped).join('.*')}/.*$`);
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
