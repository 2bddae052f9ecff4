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
 * Reports whether the proxy of a node matches a rule of a policy. An ALLOW rule about requests is dropped. A DENY rule
 * keeps only its conditions on connections, and a part without any left never matches, so that such a rule can have no
 * effect (istiod's conversion for ztunnel, and ztunnel's evaluation).
 */
export function isMetInZtunnel({ action, rules }: IstioAuthorization, mesh: JudgedMesh, call: MeshCall): boolean {
  return rules.some((rule) => isMet(rule, action, mesh, call));
}

function isMet(
  { from, to }: IstioRule,
  action: IstioAuthorization['action'],
  mesh: JudgedMesh,
  call: MeshCall,
): boolean {
  const sources = from.map(({ source }) => source);
  const operations = to.map(({ operation }) => operation);
  if (action === 'ALLOW' && [...sources, ...operations].some(speaksOfRequests)) return false;
  return (
    (operations.length === 0 || operations.some((operation) => isAt(operation, call))) &&
    (sources.length === 0 || sources.some((source) => isFrom(source, mesh, call)))
  );
}

function isFrom(source: Source, mesh: JudgedMesh, { identity }: MeshCall): boolean {
  const { principals, notPrincipals, namespaces, notNamespaces } = source;
  if ([principals, notPrincipals, namespaces, notNamespaces].every((list) => list.length === 0)) return false;
  const principal = identity === null ? '' : spiffeOf(mesh, identity);
  const namespace = identity?.namespace ?? '';
  return (
    holds(principals, notPrincipals, (pattern) => identity !== null && isLike(pattern, principal)) &&
    holds(namespaces, notNamespaces, (pattern) => isLike(pattern, namespace))
  );
}

function isAt({ ports, notPorts }: Operation, { port }: MeshCall): boolean {
  if (ports.length === 0 && notPorts.length === 0) return false;
  return holds(ports, notPorts, (text) => Number(text) === port);
}

function holds(positive: readonly string[], negative: readonly string[], test: (item: string) => boolean): boolean {
  return (positive.length === 0 || positive.some(test)) && !negative.some(test);
}

function isLike(pattern: string, text: string): boolean {
  if (pattern === '*') return text !== '';
  if (pattern.startsWith('*')) return text.endsWith(pattern.slice(1));
  if (pattern.endsWith('*')) return text.startsWith(pattern.slice(0, -1));
  return text === pattern;
}
