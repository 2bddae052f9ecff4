import { type KubeClient } from '#kube';

/** The features of a cluster's Gateway API. */
interface GatewayApi {
  /** Serves HTTPRoute in v1. */
  gatewayApi: boolean;
  /** Serves ListenerSet in v1 (release 1.5 or later). */
  listenerSets: boolean;
  /** Rules of HTTPRoutes have `retry` (experimental channel). */
  routeRetries: boolean;
  /** The kinds of routes that quotas count, such as `httproutes.gateway.networking.k8s.io`. */
  countedRoutes: string[];
}

const GROUP = 'gateway.networking.k8s.io';
const GROUP_VERSION = `${GROUP}/v1`;
/** The kinds that tenants can write. */
const ROUTES = ['httproutes', 'grpcroutes'].map((resource) => `${resource}.${GROUP}`);

/**
 * The resource quota controller of kube-controller-manager looks for new kinds twice a minute. A quota of a kind that it
 * has not found yet has no count until the next full recount, up to five minutes later, and until then the API server
 * refuses every object of that kind. So quotas count a kind only once it has existed for several of these looks.
 */
const COUNTED_AFTER_MS = 90_000;

interface Schema {
  properties?: Record<string, Schema>;
  items?: Schema;
  'x-kubernetes-group-version-kind'?: { kind: string }[];
}

/**
 * Detects the features of a cluster's Gateway API from discovery and from the schema of HTTPRoute: the worker has no
 * right to read the definitions themselves.
 * @param served whether the cluster serves the group
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
