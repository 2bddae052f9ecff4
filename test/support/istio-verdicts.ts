import { type KubernetesObject } from '@kubernetes/client-node';

import { type Cluster } from './cluster.js';

/** Returns objects of Istio's kinds in a namespace. */
async function istioObjects(cluster: Cluster, namespace: string): Promise<KubernetesObject[]> {
  const kinds = [
    'security.istio.io/v1/AuthorizationPolicy',
    'security.istio.io/v1/PeerAuthentication',
    'networking.istio.io/v1/Sidecar',
    'networking.istio.io/v1/ServiceEntry',
    'networking.istio.io/v1alpha3/EnvoyFilter',
    'telemetry.istio.io/v1/Telemetry',
  ];
  const lists = kinds.map((each) => {
    const [group = '', version = '', kind = ''] = each.split('/');
    return cluster.objects.list(`${group}/${version}`, kind, namespace);
  });
  return (await Promise.all(lists)).flatMap(({ items }) => items);
}

/** Returns the result of a write: `accepted`, or the API server's message. */
export const outcome = (what: Promise<unknown>): Promise<string> =>
  what.then(
    () => 'accepted',
    (error: unknown) => String((error as { body?: string }).body ?? error),
  );

/** Returns the answer of the binding validation webhook for every object of a tenant, by kind and name. */
export async function validated(cluster: Cluster, namespace: string): Promise<Record<string, string>> {
  const verdicts = (await istioObjects(cluster, namespace)).map(async (object) => {
    const name = `${object.kind ?? ''}/${object.metadata?.name ?? ''}`;
    return [name, await outcome(cluster.objects.replace(object, undefined, 'All'))] as const;
  });
  return Object.fromEntries(await Promise.all(verdicts));
}
