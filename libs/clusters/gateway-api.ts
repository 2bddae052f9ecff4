import { type KubeClient } from '#kube';

/** What a cluster's Gateway API has. */
interface GatewayApi {
  /** HTTPRoute in v1. */
  gatewayApi: boolean;
  /** ListenerSet in v1, from release 1.5 on. */
  listenerSets: boolean;
  /** `retry` in the rules of HTTPRoutes, which is in the experimental channel. */
  routeRetries: boolean;
  /** The kinds of routes that quotas count, such as `httproutes.gateway.networking.k8s.io`. */
  countedRoutes: string[];
}

const GROUP = 'gateway.networking.k8s.io';
const GROUP_VERSION = `${GROUP}/v1`;
/** The kinds that tenants may write. */
const ROUTES = ['httproutes', 'grpcroutes'].map((resource) => `${resource}.${GROUP}`);

/**
 * A cluster looks for new kinds that quotas may have to count twice a minute (kube-controller-manager, resource quota
 * controller). A quota of a kind that it has not found yet has no count until the next recount of all, up to five minutes
 * later, and the API server refuses every object of that kind as long. So kinds are counted when they have stood for some
 * of these looks.
 */
const COUNTED_AFTER_MS = 90_000;

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
  if (!served) return { gatewayApi: false, listenerSets: false, routeRetries: false, countedRoutes: [] };
  const answer = (await kube.read(`/apis/${GROUP_VERSION}`)) as { resources: { name: string }[] } | null;
  const names = (answer?.resources ?? []).map(({ name }) => name);
  const gatewayApi = names.includes('httproutes');
  const document = gatewayApi ? await kube.read(`/openapi/v3/apis/${GROUP_VERSION}`) : null;
  return {
    gatewayApi,
    listenerSets: names.includes('listenersets'),
    routeRetries: hasRetries(document),
    countedRoutes: await countedAmong(kube, gatewayApi ? ROUTES : []),
  };
}

async function countedAmong(kube: KubeClient, definitions: readonly string[]): Promise<string[]> {
  const definition = { apiVersion: 'apiextensions.k8s.io/v1', kind: 'CustomResourceDefinition' };
  const ages = await Promise.all(definitions.map((name) => kube.ageOf({ ...definition, name })));
  return definitions.filter((_, index) => (ages[index] ?? 0) >= COUNTED_AFTER_MS);
}

function hasRetries(document: unknown): boolean {
  const schemas = (document as { components?: { schemas?: Record<string, Schema> } } | null)?.components?.schemas ?? {};
  const route = Object.values(schemas).find((schema) =>
    schema['x-kubernetes-group-version-kind']?.some(({ kind }) => kind === 'HTTPRoute'),
  );
  const rule = route?.properties?.['spec']?.properties?.['rules']?.items;
  return rule?.properties?.['retry'] !== undefined;
}
