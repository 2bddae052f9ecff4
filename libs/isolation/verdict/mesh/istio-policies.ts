import { z } from 'zod';

import { type KubernetesObject } from '../../model/kubernetes-object.js';
import { readSpec } from './read-spec.js';

const texts = z.array(z.string()).default([]);

/** Attributes of requests, unknown to proxies that see only connections. */
const requestTexts = z.array(z.string()).min(1).optional();

const sourceSchema = z.strictObject({
  principals: texts,
  notPrincipals: texts,
  namespaces: texts,
  notNamespaces: texts,
  requestPrincipals: requestTexts,
  notRequestPrincipals: requestTexts,
});
const operationSchema = z.strictObject({
  ports: texts,
  notPorts: texts,
  hosts: requestTexts,
  notHosts: requestTexts,
  methods: requestTexts,
  notMethods: requestTexts,
  paths: requestTexts,
  notPaths: requestTexts,
});
const ruleSchema = z.strictObject({
  from: z.array(z.strictObject({ source: sourceSchema })).default([]),
  to: z.array(z.strictObject({ operation: operationSchema })).default([]),
});
const selectorSchema = z.strictObject({ matchLabels: z.record(z.string(), z.string()).default({}) });
const targetRefSchema = z.strictObject({ group: z.string().default(''), kind: z.string(), name: z.string() });

/**
 * The supported part of AuthorizationPolicy in `security.istio.io/v1`; anything else is rejected, because it could open
 * or close traffic.
 */
const authorizationSchema = z.strictObject({
  selector: selectorSchema.optional(),
  targetRefs: z.array(targetRefSchema).default([]),
  action: z.enum(['ALLOW', 'DENY']).default('ALLOW'),
  rules: z.array(ruleSchema).default([]),
});

const peerAuthenticationSchema = z.strictObject({
  selector: selectorSchema.optional(),
  mtls: z.strictObject({ mode: z.enum(['UNSET', 'DISABLE', 'PERMISSIVE', 'STRICT']) }).optional(),
});

export type Source = z.output<typeof sourceSchema>;
export type Operation = z.output<typeof operationSchema>;
export type IstioRule = z.output<typeof ruleSchema>;

export interface IstioAuthorization extends z.output<typeof authorizationSchema> {
  name: string;
  namespace: string;
  object: KubernetesObject;
}

export interface IstioPeerAuthentication extends z.output<typeof peerAuthenticationSchema> {
  namespace: string;
  object: KubernetesObject;
}

export interface IstioPolicies {
  authorizations: IstioAuthorization[];
  /** The oldest first. */
  peerAuthentications: IstioPeerAuthentication[];
}

/**
 * Returns Istio's policies among the objects, in the order of their creation.
 * @throws UnreadableObjectError for one that is malformed or uses unsupported fields
 */
export function readIstioPolicies(objects: readonly KubernetesObject[]): IstioPolicies {
  let policies = known.get(objects);
  if (policies === undefined) known.set(objects, (policies = readAll(objects)));
  return policies;
}

/** Cached by list: lists are judged often and never change afterwards. */
const known = new WeakMap<readonly KubernetesObject[], IstioPolicies>();

function readAll(objects: readonly KubernetesObject[]): IstioPolicies {
  const policies: IstioPolicies = { authorizations: [], peerAuthentications: [] };
  for (const object of objects) {
    const { apiVersion, kind, metadata } = object;
    if (!apiVersion.startsWith('security.istio.io/')) continue;
    const { name, namespace = 'default' } = metadata;
    if (kind === 'AuthorizationPolicy') {
      policies.authorizations.push({ ...readSpec(object, authorizationSchema), name, namespace, object });
    } else if (kind === 'PeerAuthentication') {
      policies.peerAuthentications.push({ ...readSpec(object, peerAuthenticationSchema), namespace, object });
    }
  }
  return policies;
}

/** Reports whether a source or operation has conditions on requests. */
export function speaksOfRequests(part: Source | Operation): boolean {
  return Object.entries(part).some(([key, values]) => !connectionFields.has(key) && values !== undefined);
}

const connectionFields = new Set(['principals', 'notPrincipals', 'namespaces', 'notNamespaces', 'ports', 'notPorts']);
