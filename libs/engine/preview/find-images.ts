import { imageTest, type ImageTest } from '#isolation';
import { type KubeClient, suspendableResources } from '#kube';
import { idOf, uuidOf } from '#persistence';
import { type TenantWithImages } from '#tenancy';
import { type EntityManager } from 'typeorm';

/** Kinds that run images, or will: a workload without pods starts some when it is scaled. */
const kinds = [{ apiVersion: 'v1', kind: 'Pod' }, ...suspendableResources];

/** Images and workloads that are named for each tenant. */
const MOST_NAMED = 20;

interface Container {
  image?: string;
}
interface PodSpec {
  containers?: Container[];
  initContainers?: Container[];
  ephemeralContainers?: Container[];
  volumes?: { image?: { reference?: string } }[];
}
interface Status {
  image?: string;
  imageID?: string;
}
interface Workload {
  metadata: { name: string; namespace?: string; ownerReferences?: { controller?: boolean }[] };
  spec?: PodSpec & { template?: { spec?: PodSpec }; jobTemplate?: { spec?: { template?: { spec?: PodSpec } } } };
  status?: { containerStatuses?: Status[]; initContainerStatuses?: Status[]; ephemeralContainerStatuses?: Status[] };
}

/**
 * Finds the tenants of a cluster that run one of several images.
 * @param images as in a selector
 * @throws KubeError, KubeUnreachable
 */
export async function findImages(
  { id: clusterId, kube }: { id: string; kube: KubeClient },
  manager: EntityManager,
  images: readonly string[],
): Promise<TenantWithImages[]> {
  const tests = images.map(imageTest);
  const isSought: ImageTest = (image) => tests.some((test) => test(image));
  const owners = await ownersOf(manager, clusterId);
  const found = new Map<string, TenantWithImages>();
  for (const kind of kinds) {
    for await (const page of kube.pages(kind)) {
      for (const object of page as unknown as Workload[]) {
        const owner = owners.get(object.metadata.namespace ?? '');
        if (kind.kind !== 'Pod' && isOwned(object)) continue;
        const hits = owner === undefined ? [] : imagesOf(object).filter(isSought);
        if (owner !== undefined && hits.length > 0) note(found, owner, kind.kind, object, hits);
      }
    }
  }
  return [...found.values()];
}

/** Objects created by another workload are covered by it: the ReplicaSets of a Deployment include its history. */
function isOwned({ metadata: { ownerReferences = [] } }: Workload): boolean {
  return ownerReferences.some(({ controller }) => controller === true);
}

/** Tenants of a cluster by their namespaces: on another one, a namespace of that name is somebody else's. */
async function ownersOf(manager: EntityManager, clusterId: string): Promise<Map<string, string>> {
  const rows = await manager.query<{ namespace: string; id: string }[]>(
    `SELECT e.namespace, e.tenant_id AS id FROM environments e JOIN tenants t ON t.id = e.tenant_id
     WHERE e.released_at IS NULL AND t.deleted_at IS NULL AND t.cluster_id = $1`,
    [uuidOf('cluster', clusterId)],
  );
  return new Map(rows.map(({ namespace, id }) => [namespace, idOf('tenant', id)]));
}

/** Every image that a pod, or a workload's pod template, names or runs. */
function imagesOf({ spec = {}, status = {} }: Workload): string[] {
  const pod = spec.jobTemplate?.spec?.template?.spec ?? spec.template?.spec ?? spec;
  const { containers = [], initContainers = [], ephemeralContainers = [], volumes = [] } = pod;
  const { containerStatuses = [], initContainerStatuses = [], ephemeralContainerStatuses = [] } = status;
  return [
    ...[...containers, ...initContainers, ...ephemeralContainers].map(({ image }) => image),
    ...volumes.map(({ image }) => image?.reference),
    // A running image may have been pulled by a tag that refers to another image today.
    ...[...containerStatuses, ...initContainerStatuses, ...ephemeralContainerStatuses].map(({ imageID }) => imageID),
  ].filter((image): image is string => image !== undefined && image !== '');
}

function note(
  found: Map<string, TenantWithImages>,
  id: string,
  kind: string,
  { metadata }: Workload,
  hits: readonly string[],
): void {
  const tenant = found.get(id) ?? { id, images: [], pods: 0, workloads: [] };
  found.set(id, tenant);
  if (kind === 'Pod') tenant.pods += 1;
  else if (tenant.workloads.length < MOST_NAMED) {
    tenant.workloads.push(`${kind} ${metadata.namespace ?? ''}/${metadata.name}`);
  }
  tenant.images = [...new Set([...tenant.images, ...hits])].sort().slice(0, MOST_NAMED);
}
