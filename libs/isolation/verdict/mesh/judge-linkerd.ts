import { type KubernetesObject } from '../../model/kubernetes-object.js';
import { matchBlock } from '../address-block.js';
import { selects } from '../label-selector.js';
import {
  type AccessPolicy,
  type LinkerdAuthorization,
  type LinkerdPolicies,
  type LinkerdServer,
  type MeshTlsAuthentication,
  readLinkerdPolicies,
} from './linkerd-policies.js';
import { type JudgedMesh, type MeshCall, type MeshVerdict, titleOf } from './mesh-call.js';

/**
 * Judges a call at the proxy of a pod in a mesh of Linkerd. A port that a Server names is open to callers that a policy
 * of the Server or of the namespace authorizes; policies do not apply to other ports, which have only the default.
 * Linkerd uses any one of several Servers for a port, so the verdict is "allowed" when one of them allows. Probes,
 * which Linkerd allows by path, are not judged.
 */
export function judgeLinkerd(objects: readonly KubernetesObject[], mesh: JudgedMesh, call: MeshCall): MeshVerdict {
  const policies = readLinkerdPolicies(objects);
  const { namespace, labels } = call.to;
  const servers = policies.servers.filter(
    (server) => server.namespace === namespace && server.port === call.port && selects(server.podSelector, labels),
  );
  if (servers.length === 0) {
    // Without an annotation a namespace has the default of the installation: everyone.
    const stated = policies.defaults.get(namespace) ?? 'all-unauthenticated';
    return { allowed: isByDefault(stated, call), because: [] };
  }
  const met = servers.flatMap((server) => authorizing(policies, server, mesh, call));
  const byDefault = servers.filter(({ accessPolicy }) => isByDefault(accessPolicy, call));
  const deciding = met.length > 0 ? met : byDefault.length > 0 ? byDefault : servers;
  return { allowed: met.length + byDefault.length > 0, because: deciding.map(({ object }) => titleOf(object)).sort() };
}

function authorizing(
  policies: LinkerdPolicies,
  server: LinkerdServer,
  mesh: JudgedMesh,
  call: MeshCall,
): LinkerdAuthorization[] {
  return policies.authorizations.filter((policy) => {
    const { targetRef, namespace } = policy;
    const isAbout = targetRef.kind === 'Server' ? targetRef.name === server.name : targetRef.name === namespace;
    return namespace === server.namespace && isAbout && isAuthenticated(policies, policy, mesh, call);
  });
}

/**
 * All authentications of a policy must match. A policy that requires none allows everyone; one that refers to a missing
 * object, no one.
 */
function isAuthenticated(
  { meshTls, networks }: LinkerdPolicies,
  { requiredAuthenticationRefs, namespace }: LinkerdAuthorization,
  mesh: JudgedMesh,
  call: MeshCall,
): boolean {
  return requiredAuthenticationRefs.every((reference) => {
    const place = reference.namespace ?? namespace;
    const key = `${place}/${reference.name}`;
    if (reference.kind === 'NetworkAuthentication') {
      const { address } = call;
      return (
        address !== undefined &&
        (networks.get(key)?.networks ?? []).some((block) => matchBlock(block, [address]) === 'yes')
      );
    }
    const authentication = meshTls.get(key);
    return authentication !== undefined && isIdentified(authentication, place, mesh, call);
  });
}

function isIdentified(
  authentication: MeshTlsAuthentication,
  place: string,
  mesh: JudgedMesh,
  { identity }: MeshCall,
): boolean {
  if (identity === null) return false;
  const suffix = `serviceaccount.identity.${mesh.controlPlaneNamespace}.${mesh.trustDomain}`;
  const name = `${identity.serviceAccount}.${identity.namespace}.${suffix}`;
  const patterns =
    'identities' in authentication
      ? authentication.identities
      : authentication.identityRefs.map(({ kind, name: named = '*', namespace = place }) => {
          return kind === 'Namespace' ? `*.${named}.${suffix}` : `${named}.${namespace}.${suffix}`;
        });
  return patterns.some((pattern) => pattern === '*' || isDomain(pattern, name));
}

/** A star stands for the whole first label: "*.acme" does not match "x.evil-acme". */
function isDomain(pattern: string, name: string): boolean {
  return pattern.startsWith('*.') ? name.endsWith(pattern.slice(1)) : pattern === name;
}

/** Linkerd's cluster networks are unknown here, so all addresses count as within them. */
function isByDefault(policy: AccessPolicy, { identity }: MeshCall): boolean {
  switch (policy) {
    case 'deny':
      return false;
    case 'all-authenticated':
    case 'cluster-authenticated':
      return identity !== null;
    case 'audit':
    case 'all-unauthenticated':
    case 'cluster-unauthenticated':
      return true;
  }
}
