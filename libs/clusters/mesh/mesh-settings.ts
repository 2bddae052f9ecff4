import { z } from 'zod';

const labels = z.record(z.string(), z.string());

const name = z.string().min(1).max(253);

const identity = z.strictObject({ namespace: name, serviceAccount: name }).nullable().optional();

/** Settings of the service mesh, for installations where detection fails. Values that are left out are detected. */
export const meshSettingsSchema = z.strictObject({
  /** "none" keeps tenants out of an installed mesh. */
  kind: z.enum(['none', 'istio-sidecar', 'istio-ambient', 'linkerd']).optional(),
  controlPlaneNamespace: name.optional(),
  trustDomain: name.optional(),
  /** The value of `istio.io/rev` on namespaces; null: `istio-injection`. */
  revision: name.nullable().optional(),
  gatewayIdentity: identity,
  monitoringIdentity: identity,
  proxyImages: z.array(z.string().min(1)).optional(),
  requiresProxies: z.boolean().optional(),
  podMarks: labels.optional(),
});
export type MeshSettings = z.output<typeof meshSettingsSchema>;
