import { renderDeletionQuota } from '#isolation';
import { type ApiResource, keyOf, type LiveObject, objectName, type RemovalClient } from '#kube';
import pMap from 'p-map';

import { PassWaiting } from '../pass/outcome.js';
import { type Pass } from '../pass/pass.js';

const IN_FLIGHT = 8;
const POLL_MS = 1_000;
/** So many pods are named in a message; the others are counted. */
const NAMED = 5;
const MOST_COUNTED = 500;

const workload = (apiVersion: string, kind: string, resource: string): ApiResource => {
  const [version = '', group = ''] = apiVersion.split('/').reverse();
  return { group, version, resource, kind, namespaced: true };
};

const pods = workload('v1', 'Pod', 'pods');

/** What makes pods, scales them or leads traffic to them, and the pods themselves last. */
const workloads: readonly ApiResource[] = [
  workload('autoscaling/v2', 'HorizontalPodAutoscaler', 'horizontalpodautoscalers'),
  workload('batch/v1', 'CronJob', 'cronjobs'),
  workload('batch/v1', 'Job', 'jobs'),
  workload('apps/v1', 'Deployment', 'deployments'),
  workload('apps/v1', 'StatefulSet', 'statefulsets'),
  workload('apps/v1', 'DaemonSet', 'daemonsets'),
  workload('apps/v1', 'ReplicaSet', 'replicasets'),
  workload('v1', 'ReplicationController', 'replicationcontrollers'),
  workload('v1', 'Service', 'services'),
  pods,
];

/**
 * Ends everything that runs in these namespaces, and waits for the last pod. A namespace that is deleted loses its
 * network policies before its pods, so nothing may run any more by then. The quota is closed first, so that no
 * controller, wherever it runs, makes new pods meanwhile.
 * @param objects the tenant's objects in these namespaces.
 * @throws PassWaiting while pods are there, naming them; LeaseLost, StepFailed
 */
export async function removeWorkloads(
  pass: Pass,
  client: RemovalClient,
  namespaces: readonly LiveObject[],
  objects: readonly LiveObject[],
): Promise<void> {
  const names = namespaces.map(({ metadata }) => metadata.name);
  if (await onlyEnding(pass, client, names)) return;
  await pMap(names, (name) => refusePods(pass, name, objects), { concurrency: IN_FLIGHT });
  const collections = names.flatMap((namespace) => workloads.map((resource) => ({ namespace, resource })));
  await pMap(
    collections,
    async ({ namespace, resource }) => {
      pass.keeper.assertHeld();
      const object = collectionName(resource, namespace);
      await pass.result.steps.run('prune', { object, kind: resource.kind }, () => client.empty(namespace, resource));
    },
    { concurrency: IN_FLIGHT },
  );
  waitForPods(await podsIn(client, names));
}

/**
 * Whether an earlier pass has emptied everything, and what is left only has to end.
 * @returns true when nothing is left.
 * @throws PassWaiting while something is left.
 */
async function onlyEnding({ result }: Pass, client: RemovalClient, names: readonly string[]): Promise<boolean> {
  const done = new Set(result.steps.all().map(({ object, state }) => `${state} ${object}`));
  if (!names.every((name) => done.has(`succeeded ${collectionName(pods, name)}`))) return false;
  const left = await podsIn(client, names);
  if (left.some(({ isEnding }) => !isEnding)) return false;
  waitForPods(left);
  return true;
}

/** How a step names all objects of one kind in a namespace. */
function collectionName({ group, version, kind }: ApiResource, namespace: string): string {
  return `${group === '' ? '' : `${group}/`}${version}/${kind}/${namespace}/*`;
}

interface Pod {
  namespace: string;
  name: string;
  finalizers: string[];
  isEnding: boolean;
}

async function podsIn(client: RemovalClient, namespaces: readonly string[]): Promise<Pod[]> {
  const lists = await pMap(namespaces, (namespace) => client.listIn(namespace, pods, MOST_COUNTED), {
    concurrency: IN_FLIGHT,
  });
  return lists
    .flat()
    .map(({ namespace = '', name, finalizers = [], deletionTimestamp }) => ({
      ...{ namespace, name, finalizers: finalizers.toSorted(), isEnding: deletionTimestamp !== undefined },
    }))
    .sort((a, b) => `${a.namespace}/${a.name}`.localeCompare(`${b.namespace}/${b.name}`));
}

function waitForPods(standing: readonly Pod[]): void {
  const [first] = standing;
  if (first === undefined) return;
  const named = standing.slice(0, NAMED).map(({ namespace, name, finalizers }) => {
    const held = finalizers.length === 0 ? '' : ` (held by the finalizer ${finalizers.join(', ')})`;
    return `${namespace}/${name}${held}`;
  });
  const more = standing.length > NAMED ? ` and ${standing.length - NAMED} more` : '';
  const message = `Pods of the tenant are ending: ${named.join(', ')}${more}.`;
  const object = `v1/Pod/${first.namespace}/${first.name}`;
  throw new PassWaiting({ reason: 'PodsTerminating', message, object, kind: null }, POLL_MS);
}

async function refusePods(pass: Pass, namespace: string, objects: readonly LiveObject[]): Promise<void> {
  const { tenant, kube, result } = pass;
  const environment = tenant.environments.find((each) => each.namespace === namespace);
  if (environment === undefined) return;
  pass.keeper.assertHeld();
  const quota = renderDeletionQuota(tenant.id, environment, objects);
  const target = { object: objectName(keyOf(quota)), kind: quota.kind };
  await result.steps.run('apply', target, () => kube.apply(quota));
}
