import { z } from 'zod';

import { type KubernetesObject } from '../../model/kubernetes-object.js';
import { readSpec } from './read-spec.js';

const texts = z.array(z.string()).default([]);

/** Attributes of requests, which no proxy that knows connections alone can tell. */
const requestTexts = z.array(z.string()).min(1).optional();

const sourceSchema = z.strictObject({
  ...{ principals: texts, notPrincipals: texts, namespaces: texts, notNamespaces: texts },
  ...{ requestPrincipals: requestTexts, notRequestPrincipals: requestTexts },
});
const operationSchema = z.strictObject({
  ...{ ports: texts, notPorts: texts },
  ...{ hosts: requestTexts, notHosts: requestTexts, methods: requestTexts, notMethods: requestTexts },
  ...{ paths: requestTexts, notPaths: requestTexts },
});
const ruleSchema = z.strictObject({
  from: z.array(z.strictObject({ source: sourceSchema })).default([]),
  to: z.array(z.strictObject({ operation: operationSchema })).default([]),
});
const selectorSchema = z.strictObject({ matchLabels: z.record(z.string(), z.string()).default({}) });
const targetRefSchema = z.strictObject({ group: z.string().default(''), kind: z.string(), name: z.string() });

/** What this understands of AuthorizationPolicy in `security.istio.io/v1`; all else is refused, it may open or close. */
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
 * The policies of Istio among objects, in the order in which they were created.
 * @throws UnreadableObjectError for one that is not of its form, or says what is not understood here
 */
export function readIstioPolicies(objects: readonly KubernetesObject[]): IstioPolicies {
  let policies = known.get(objects);
  if (policies === undefined) known.set(objects, (policies = readAll(objects)));
  return policies;
}

/** Lists are not changed after they were judged by, and judged by often. */
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

/** Whether an object of this source or operation speaks of requests. */
export function speaksOfRequests(part: Source | Operation): boolean {
  return Object.entries(part).some(([key, values]) => !connectionFields.has(key) && values !== undefined);
}

const connectionFields = new Set([
  ...['principals', 'notPrincipals', 'namespaces', 'notNamespaces'],
  ...['ports', 'notPorts'],
]);
