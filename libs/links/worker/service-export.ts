import { isDeepStrictEqual } from 'node:util';

import { EXPORT_ANNOTATION, EXPORT_MANAGER } from '#isolation';
import { type KubeClient, KubeError, type LiveObject } from '#kube';

import { type Findings, type LinkTarget } from './service-behind-link.js';

/** Attempts while links keep changing; then the next look continues. */
const MOST_ROUNDS = 5;

/** The namespaces that a Service is exported to. */
export interface Audience {
  /** Reads the namespaces of the current consumers of its links, sorted. */
  consumers: () => Promise<string[]>;
  /** The namespaces to which Services are exported by default; undefined: all, so no annotation is needed. */
  byDefault: readonly string[] | undefined;
}

/**
 * Exports a Service to the consumers of its links, in addition to the mesh's default. Reads and writes as the
 * namespace's deployer. Safe with several workers while links begin and end: each reads the Service before the links,
 * writes only if the Service is unchanged, and reads the links again afterwards.
 * @returns the problem; null if it is exported, or does not exist
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
      const message = `Another field manager limits the namespaces that the Service "${name}" in ${namespace} is exported to.`;
      return { code: 'ServiceNotExported', message };
    }
    if (isDeepStrictEqual(await consumers(), named)) return null;
  }
  throw new Error(`the links of ${namespace}/${name} do not stop changing`);
}

/** @returns false when another field manager owns the annotation and its value differs */
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
