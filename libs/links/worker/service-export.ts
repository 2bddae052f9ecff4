import { isDeepStrictEqual } from 'node:util';

import { EXPORT_ANNOTATION, EXPORT_MANAGER } from '#isolation';
import { type KubeClient, KubeError, type LiveObject } from '#kube';

import { type Findings, type LinkTarget } from './service-behind-link.js';

/** Changes of links during one writing after another; more than that is for the next look. */
const MOST_ROUNDS = 5;

/** Whom a Service is to be told to. */
export interface Audience {
  /** The namespaces of the consumers of its links as of now, sorted. */
  consumers: () => Promise<string[]>;
  /** To whom the mesh tells of Services that say nothing themselves; absent: to all, and nothing has to be said. */
  byDefault: readonly string[] | undefined;
}

/**
 * Has the mesh tell a Service to the consumers of its links, and to nobody else beside those to whom it tells of every
 * Service. In the name of the namespace's deployer, as it is read. Several workers may do this at once, while links
 * begin and end: each reads the Service before the links, writes only what has not changed since, and looks at the
 * links once more afterwards.
 * @returns why it cannot; null: it is so, or there is no such Service
 * @throws KubeError, KubeUnreachable
 * @see Istio, `networking.istio.io/exportTo` among the annotations of resources
 */
export async function settleExport(
  kube: KubeClient,
  { namespace, service: name }: LinkTarget,
  { consumers, byDefault }: Audience,
): Promise<Findings['problem']> {
  for (let round = 0; round < MOST_ROUNDS; round += 1) {
    const service = await kube.get({ apiVersion: 'v1', kind: 'Service', namespace, name });
    if (service === null) return null;
    const named = await consumers();
    const value =
      byDefault === undefined || named.length === 0 ? null : [...new Set([...byDefault, ...named])].join(',');
    if (!(await write(kube, service, value)) && !reaches(service, named)) {
      const message = `Somebody else has limited to whom Istio tells of the Service "${name}" in ${namespace}.`;
      return { code: 'ServiceNotExported', message };
    }
    if (isDeepStrictEqual(await consumers(), named)) return null;
  }
  throw new Error(`the links of ${namespace}/${name} do not stop changing`);
}

/** @returns false when the annotation is somebody else's, and other than wanted */
async function write(kube: KubeClient, service: LiveObject, value: string | null): Promise<boolean> {
  const { name, namespace, resourceVersion, managedFields = [] } = service.metadata;
  const isOurs = managedFields.some(({ manager }) => manager === EXPORT_MANAGER);
  if (isOurs ? service.metadata.annotations?.[EXPORT_ANNOTATION] === value : value === null) return true;
  const annotations = value === null ? {} : { [EXPORT_ANNOTATION]: value };
  const metadata = { name, namespace: namespace ?? '', resourceVersion, annotations };
  try {
    await kube.applyFields({ apiVersion: 'v1', kind: 'Service', metadata }, EXPORT_MANAGER);
    return true;
  } catch (error) {
    const causes = error instanceof KubeError ? (error.status.details?.causes ?? []) : [];
    if (causes.some(({ reason }) => reason === 'FieldManagerConflict')) return false;
    throw error;
  }
}

function reaches({ metadata }: LiveObject, namespaces: readonly string[]): boolean {
  const told = (metadata.annotations?.[EXPORT_ANNOTATION] ?? '').split(',').map((each) => each.trim());
  return told.includes('*') || namespaces.every((each) => told.includes(each));
}
