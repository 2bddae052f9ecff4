import { type KubeClient, KubeError } from '#kube';
import { parse } from 'yaml';

/** The result of reading something in the cluster. `hidden`: the worker has no right to read it. */
export type Look<T> = { state: 'found'; value: T } | { state: 'absent' } | { state: 'hidden'; what: string };

/** Reads one object or list. @throws KubeError, KubeUnreachable, except when it is absent or forbidden */
export async function look<T>(kube: KubeClient, path: string, query: Record<string, string> = {}): Promise<Look<T>> {
  try {
    const value = (await kube.read(path, query)) as T | null;
    return value === null ? { state: 'absent' } : { state: 'found', value };
  } catch (error) {
    if (error instanceof KubeError && error.httpStatus === 403) return { state: 'hidden', what: path };
    throw error;
  }
}

/** Maps the value that was found. */
export function through<T, R>(found: Look<T>, of: (value: T) => R): Look<R> {
  return found.state === 'found' ? { state: 'found', value: of(found.value) } : found;
}

/** The value that was found; undefined if none was. */
export function valueOf<T>(found: Look<T>): T | undefined {
  return found.state === 'found' ? found.value : undefined;
}

/** The fields of a Deployment or DaemonSet that detection uses. */
export interface Runner {
  metadata: { name: string; labels?: Record<string, string> };
  spec: { template: { spec: { containers: { image?: string; env?: { name: string; value?: string }[] }[] } } };
  status?: { availableReplicas?: number };
}

/** Any JSON; missing fields are undefined. */
export interface Json {
  [key: string]: Json | undefined;
}

/** Parses a text of a ConfigMap as YAML (of which JSON is a part). Invalid text counts as empty. */
export function yamlOf(map: { data?: Record<string, string> }, key: string): Json {
  try {
    const value: unknown = parse(map.data?.[key] ?? '');
    return typeof value === 'object' && value !== null ? (value as Json) : {};
  } catch {
    return {};
  }
}

/** The version in an image's tag, such as "1.31.1" of "docker.io/istio/pilot:1.31.1-distroless"; null if there is none. */
export function versionOfImage({ spec }: Runner): string | null {
  const image = spec.template.spec.containers[0]?.image?.split('@')[0] ?? '';
  const tag = /:([^:/]+)$/.exec(image)?.[1];
  return tag?.replace(/-(distroless|debug)$/, '') ?? null;
}
