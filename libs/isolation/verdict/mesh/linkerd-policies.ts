import { z } from 'zod';

import { type KubernetesObject } from '../../model/kubernetes-object.js';
import { addressBlock } from '../address-block.js';
import { labelSelectorSchema } from '../label-selector.js';
import { readSpec } from './read-spec.js';

const GROUP = 'policy.linkerd.io';

/** The default when no policy applies. */
export const accessPolicySchema = z.enum([
  ...(['deny', 'audit', 'all-unauthenticated', 'all-authenticated'] as const),
  ...(['cluster-unauthenticated', 'cluster-authenticated'] as const),
]);
export type AccessPolicy = z.output<typeof accessPolicySchema>;

const port = z.union([z.int().min(1).max(65_535), z.string().regex(/^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/)]);

const serverSchema = z.strictObject({
  podSelector: labelSelectorSchema,
  port,
  proxyProtocol: z.enum(['unknown', 'HTTP/1', 'HTTP/2', 'gRPC', 'opaque', 'TLS']).default('unknown'),
  accessPolicy: accessPolicySchema.default('deny'),
});

const targetSchema = z.union([
  z.strictObject({ group: z.literal(GROUP), kind: z.literal('Server'), name: z.string() }),
  z.strictObject({ group: z.enum(['', 'core']).default(''), kind: z.literal('Namespace'), name: z.string() }),
]);
const authenticationKinds = z.enum(['MeshTLSAuthentication', 'NetworkAuthentication']);
const authorizationSchema = z.strictObject({
  targetRef: targetSchema,
  requiredAuthenticationRefs: z.array(
    z.strictObject({
      group: z.literal(GROUP),
      kind: authenticationKinds,
      name: z.string(),
      namespace: z.string().optional(),
    }),
  ),
});

const identityRefSchema = z.strictObject({
  group: z.enum(['', 'core']).default(''),
  kind: z.enum(['Namespace', 'ServiceAccount']),
  name: z.string().optional(),
  namespace: z.string().optional(),
});
const meshTlsSchema = z.union([
  z.strictObject({ identities: z.array(z.string()).min(1) }),
  z.strictObject({ identityRefs: z.array(identityRefSchema).min(1) }),
]);

const networkSchema = z
  .strictObject({ cidr: z.string(), except: z.array(z.string()).default([]) })
  .transform(({ cidr, except }, context) => {
    try {
      return addressBlock(cidr, except);
    } catch (error) {
      context.addIssue({ code: 'custom', message: error instanceof Error ? error.message : String(error) });
      return z.NEVER;
    }
  });
const networkAuthenticationSchema = z.strictObject({ networks: z.array(networkSchema).min(1) });

interface Named {
  name: string;
  namespace: string;
  object: KubernetesObject;
}
export type LinkerdServer = z.output<typeof serverSchema> & Named;
export type LinkerdAuthorization = z.output<typeof authorizationSchema> & Named;
export type MeshTlsAuthentication = z.output<typeof meshTlsSchema>;
export type NetworkAuthentication = z.output<typeof networkAuthenticationSchema>;

export interface LinkerdPolicies {
  servers: LinkerdServer[];
  authorizations: LinkerdAuthorization[];
  /** By namespace and name. */
  meshTls: ReadonlyMap<string, MeshTlsAuthentication>;
  networks: ReadonlyMap<string, NetworkAuthentication>;
  /** The default policies of namespaces that set one. */
  defaults: ReadonlyMap<string, AccessPolicy>;
}

/**
 * Returns Linkerd's policies among the objects. Linkerd's CRDs accept much that its controller then ignores; this must
 * not go unnoticed, so anything the controller would not accept is rejected here.
 * @throws UnreadableObjectError
 */
export function readLinkerdPolicies(objects: readonly KubernetesObject[]): LinkerdPolicies {
  let policies = known.get(objects);
  if (policies === undefined) known.set(objects, (policies = readAll(objects)));
  return policies;
}

/** Cached by list: lists are judged often and never change afterwards. */
const known = new WeakMap<readonly KubernetesObject[], LinkerdPolicies>();

function readAll(objects: readonly KubernetesObject[]): LinkerdPolicies {
  const [servers, authorizations]: [LinkerdServer[], LinkerdAuthorization[]] = [[], []];
  const meshTls = new Map<string, MeshTlsAuthentication>();
  const networks = new Map<string, NetworkAuthentication>();
  const defaults = new Map<string, AccessPolicy>();
  for (const object of objects) {
    const { apiVersion, kind, metadata } = object;
    const { name, namespace = 'default' } = metadata;
    const stated = metadata.annotations?.['config.linkerd.io/default-inbound-policy'];
    if (kind === 'Namespace' && stated !== undefined) defaults.set(name, accessPolicySchema.parse(stated));
    if (!apiVersion.startsWith(`${GROUP}/`)) continue;
    const named = { name, namespace, object };
    const key = `${namespace}/${name}`;
    if (kind === 'Server') servers.push({ ...readSpec(object, serverSchema), ...named });
    if (kind === 'AuthorizationPolicy') authorizations.push({ ...readSpec(object, authorizationSchema), ...named });
    if (kind === 'MeshTLSAuthentication') meshTls.set(key, readSpec(object, meshTlsSchema));
    if (kind === 'NetworkAuthentication') networks.set(key, readSpec(object, networkAuthenticationSchema));
  }
  return { servers, authorizations, meshTls, networks, defaults };
}
