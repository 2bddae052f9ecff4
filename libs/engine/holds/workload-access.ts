import { keyOf, KubeError, type LiveObject, objectName } from '#kube';
import { type OperationStep } from '#tenancy';
import pMap from 'p-map';

import { type Pass } from '../pass/pass.js';
import { StepFailed } from '../pass/steps.js';

/** Concurrent requests about workloads in one pass. */
const IN_FLIGHT = 8;

/** Reports whether a write came too late: the object was changed since it was read (409), or is gone (404). */
export function isOvertaken(error: unknown): boolean {
  return error instanceof KubeError && (error.httpStatus === 409 || error.httpStatus === 404);
}

/** As the worker, not as the deployer: a restricted tenant's deployer has no rights. */
const asWorker = {};

/**
 * All objects of these kinds in these namespaces, including those of the tenant: of each only what suspending reads.
 * What a tenant wrote is read page by page and dropped, so that no tenant can fill the worker's memory.
 */
export async function listWorkloads(
  { kube }: Pass,
  kinds: readonly { apiVersion: string; kind: string }[],
  namespaces: readonly string[],
): Promise<LiveObject[]> {
  const queries = namespaces.flatMap((namespace) =>
    kinds.map(({ apiVersion, kind }) => ({ apiVersion, kind, namespace })),
  );
  const read = async (query: (typeof queries)[number]): Promise<LiveObject[]> => {
    const found: LiveObject[] = [];
    for await (const page of kube.pages(query, { headers: asWorker })) {
      found.push(...page.map(withoutContents));
    }
    return found;
  };
  return (await pMap(queries, read, { concurrency: IN_FLIGHT })).flat();
}

interface Contents extends LiveObject {
  spec?: { template?: { spec?: { nodeSelector?: unknown } }; jobTemplate?: unknown };
}

/** The object without its annotations, its managed fields and what its pods contain. */
function withoutContents(object: LiveObject): LiveObject {
  const { metadata, spec, ...rest } = object as Contents;
  const { name, namespace, uid, resourceVersion, labels, deletionTimestamp } = metadata;
  const { ownerReferences } = metadata as { ownerReferences?: object[] };
  const { template, ...others } = { ...spec, jobTemplate: undefined };
  const selector = template?.spec?.nodeSelector;
  return {
    ...rest,
    metadata: {
      name,
      ...(namespace !== undefined && { namespace }),
      uid,
      resourceVersion,
      ...(labels !== undefined && { labels }),
      ...(deletionTimestamp !== undefined && { deletionTimestamp }),
      ...(ownerReferences !== undefined && { ownerReferences }),
    },
    ...(spec !== undefined && {
      spec: { ...others, ...(selector !== undefined && { template: { spec: { nodeSelector: selector } } }) },
    }),
  };
}

/**
 * Runs one step for each workload. Each is tried, so that a refused one does not stop the others.
 * @throws LeaseLost; StepFailed of the first that failed, once all were tried
 */
export async function tryWorkloads<T extends { object: LiveObject }>(
  { keeper, steps }: Pass,
  name: OperationStep['name'],
  workloads: readonly T[],
  work: (workload: T) => Promise<void>,
): Promise<void> {
  const failures: StepFailed[] = [];
  const attempt = async (workload: T): Promise<void> => {
    keeper.assertHeld();
    const { object } = workload;
    try {
      await steps.run(name, { object: objectName(keyOf(object)), kind: object.kind }, () => work(workload));
    } catch (error) {
      if (!(error instanceof StepFailed)) throw error;
      failures.push(error);
    }
  };
  await pMap(workloads, attempt, { concurrency: IN_FLIGHT });
  const [first] = failures;
  if (first !== undefined) throw first;
}
