import { type KubeClient } from '#kube';

/** What a cluster's Gateway API has. */
interface GatewayApi {
  /** HTTPRoute in v1. */
  gatewayApi: boolean;
  /** ListenerSet in v1, from release 1.5 on. */
  listenerSets: boolean;
  /** `retry` in the rules of HTTPRoutes, which is in the experimental channel. */
  routeRetries: boolean;
}

const GROUP_VERSION = 'gateway.networking.k8s.io/v1';

interface Schema {
  properties?: Record<string, Schema>;
  items?: Schema;
  'x-kubernetes-group-version-kind'?: { kind: string }[];
}

/**
 * Finds out what a cluster's Gateway API has: what is served is discovered, and what an HTTPRoute can say stands in its
 * schema. The definitions themselves the worker may not read.
 * @param served whether the group is served at all
 * @throws KubeError, KubeUnreachable
 */
export async function detectGatewayApi(kube: KubeClient, served: boolean): Promise<GatewayApi> {
  if (!served) return { gatewayApi: false, listenerSets: false, routeRetries: false };
  const answer = (await kube.read(`/apis/${GROUP_VERSION}`)) as { resources: { name: string }[] } | null;
  const names = (answer?.resources ?? []).map(({ name }) => name);
  const gatewayApi = names.includes('httproutes');
  const document = gatewayApi ? await kube.read(`/openapi/v3/apis/${GROUP_VERSION}`) : null;
  return { gatewayApi, listenerSets: names.includes('listenersets'), routeRetries: hasRetries(document) };
}

function hasRetries(document: unknown): boolean {
  const schemas = (document as { components?: { schemas?: Record<string, Schema> } } | null)?.components?.schemas ?? {};
  const route = Object.values(schemas).find((schema) =>
    schema['x-kubernetes-group-version-kind']?.some(({ kind }) => kind === 'HTTPRoute'),
  );
  const rule = route?.properties?.['spec']?.properties?.['rules']?.items;
  return rule?.properties?.['retry'] !== undefined;
}
