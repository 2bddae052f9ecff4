import { renderDeletionQuota } from '#isolation';
import {
  type ApiResource,
  apiResourceOf,
  keyOf,
  type LiveObject,
  objectName,
  type RemovalClient,
  suspendableResources,
} from '#kube';
import pMap from 'p-map';

import { PassWaiting } from '../pass/outcome.js';
import { type Pass } from '../pass/pass.js';

const IN_FLIGHT = 8;
const POLL_MS = 1_000;
/** Pods that a message names; the others are counted. */
const NAMED = 5;
const MOST_COUNTED = 500;

const kind = (apiVersion: string, name: string): ApiResource => apiResourceOf({ apiVersion, kind: name });

const pods = kind('v1', 'Pod');

/** Kinds that create pods, scale them or route traffic to them. */
const controllers: readonly ApiResource[] = [
  kind('autoscaling/v2', 'HorizontalPodAutoscaler'),
  ...suspendableResources.map(apiResourceOf),
  kind('v1', 'Service'),
];

/**
 * Removes everything that runs in these namespaces, and waits for the last pod. A deleted namespace can lose its
 * network policies before its pods, so nothing may run by then. First the quota is set to zero, so that no controller
 * creates new pods in the meantime. Where there is no pod then, controllers are left to the deletion of the namespace:
 * they can create none any more.
 * @param objects the tenant's objects in these namespaces
 * @param graceSeconds how long pods have to end, however long they ask for: one could keep its namespace for years
 * @throws PassWaiting while pods exist, naming them; LeaseLost, StepFailed
 */
export async function removeWorkloads(
  pass: Pass,
  namespaces: readonly LiveObject[],
  objects: readonly LiveObject[],
  graceSeconds: number,
): Promise<void> {
  const { removal: client } = pass;
  const names = namespaces.map(({ metadata }) => metadata.name);
  if (await isEmptied(pass, names, graceSeconds)) return;
  await pMap(names, (name) => setQuotaToZero(pass, name, objects), { concurrency: IN_FLIGHT });
  const running = new Set((await podsIn(client, names)).map(({ namespace }) => namespace));
  await emptyAll(pass, [...running], controllers);
  await emptyAll(pass, names, [pods], graceSeconds);
  waitForPods(await podsIn(client, names));
}

async function emptyAll(
  pass: Pass,
  namespaces: readonly string[],
  kinds: readonly ApiResource[],
  graceSeconds?: number,
): Promise<void> {
  await pMap(
    namespaces.flatMap((namespace) => kinds.map((resource) => ({ namespace, resource }))),
    async ({ namespace, resource }) => {
      pass.keeper.assertHeld();
      const target = { object: collectionName(resource, namespace), kind: resource.kind };
      await pass.steps.run('prune', target, () => pass.removal.empty(namespace, resource, graceSeconds));
    },
    { concurrency: IN_FLIGHT },
  );
}

/**
 * Reports whether an earlier pass removed everything, and all pods are gone.
 * @throws PassWaiting while pods are left that only have to terminate
 */
async function isEmptied(pass: Pass, names: readonly string[], graceSeconds: number): Promise<boolean> {
  const { steps, removal } = pass;
  const done = new Set(steps.all().map(({ object, state }) => `${state} ${object}`));
  if (!names.every((name) => done.has(`succeeded ${collectionName(pods, name)}`))) return false;
  const left = await podsIn(removal, names);
  if (left.some(({ isTerminating }) => !isTerminating)) return false;
  await removeOverdue(pass, left, graceSeconds);
  waitForPods(left);
  return true;
}

/**
 * Removes pods by force that should have ended long ago: the kubelet kills a pod when its time is over, so one that
 * stays is on a node that does not answer, where it is ended once the node does. The deletion certificate names them.
 */
async function removeOverdue({ steps, kube, keeper }: Pass, left: readonly Pod[], graceSeconds: number): Promise<void> {
  const startedAt = new Map(steps.all().map((step) => [step.object, step.startedAt]));
  const isOverdue = ({ namespace, finalizers }: Pod): boolean => {
    const emptiedAt = startedAt.get(collectionName(pods, namespace));
    // By this machine's clock, as the step was: the API server's can differ.
    const pastMs = emptiedAt === undefined ? 0 : Date.now() - Date.parse(emptiedAt);
    return finalizers.length === 0 && pastMs > 2 * graceSeconds * 1_000;
  };
  await pMap(
    left.filter(isOverdue),
    async ({ namespace, name, uid }) => {
      keeper.assertHeld();
      const key = { apiVersion: 'v1', kind: 'Pod', namespace, name };
      await steps.run('prune', { object: objectName(key), kind: 'Pod' }, () => kube.delete(key, uid, 0));
    },
    { concurrency: IN_FLIGHT },
  );
}

/** The name that a step gives to all objects of one kind in a namespace. */
function collectionName({ group, version, kind }: ApiResource, namespace: string): string {
  return `${group === '' ? '' : `${group}/`}${version}/${kind}/${namespace}/*`;
}

interface Pod {
  namespace: string;
  name: string;
  uid: string;
  finalizers: string[];
  isTerminating: boolean;
}

async function podsIn(client: RemovalClient, namespaces: readonly string[]): Promise<Pod[]> {
  const lists = await pMap(namespaces, (namespace) => client.listIn(namespace, pods, MOST_COUNTED), {
    concurrency: IN_FLIGHT,
  });
  return lists
    .flat()
    .map(({ namespace = '', name, uid = '', finalizers = [], deletionTimestamp }) => ({
      namespace,
      name,
      uid,
      finalizers: finalizers.toSorted(),
      isTerminating: deletionTimestamp !== undefined,
    }))
    .sort((a, b) => `${a.namespace}/${a.name}`.localeCompare(`${b.namespace}/${b.name}`));
}

function waitForPods(remaining: readonly Pod[]): void {
  const [first] = remaining;
  if (first === undefined) return;
  const named = remaining.slice(0, NAMED).map(({ namespace, name, finalizers }) => {
    const held = finalizers.length === 0 ? '' : ` (held by the finalizer ${finalizers.join(', ')})`;
    return `${namespace}/${name}${held}`;
  });
  const more = remaining.length > NAMED ? ` and ${remaining.length - NAMED} more` : '';
  const message = `Pods of the tenant are terminating: ${named.join(', ')}${more}.`;
  const object = `v1/Pod/${first.namespace}/${first.name}`;
  throw new PassWaiting({ reason: 'PodsTerminating', message, object, kind: null }, POLL_MS);
}

async function setQuotaToZero(pass: Pass, namespace: string, objects: readonly LiveObject[]): Promise<void> {
  const { tenant, kube, steps } = pass;
  const environment = tenant.environments.find((each) => each.namespace === namespace);
  if (environment === undefined) return;
  pass.keeper.assertHeld();
  const quota = renderDeletionQuota(tenant.id, environment, objects);
  const target = { object: objectName(keyOf(quota)), kind: quota.kind };
  await steps.run('apply', target, () => kube.apply(quota));
}
