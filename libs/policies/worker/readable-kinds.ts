import { readableResources } from '#kube';

/** A kind in tenants' namespaces that the worker has the right to list. */
export interface ReadableKind {
  apiVersion: string;
  kind: string;
  /** Empty for the core group. */
  group: string;
  plural: string;
}

/** As granted by `deploy/worker-rbac.yaml`. The worker never reads the contents of ConfigMaps and Secrets. */
export const readableKinds: readonly ReadableKind[] = readableResources.map(({ apiVersion, kind, plural }) => ({
  apiVersion,
  kind,
  group: apiVersion.includes('/') ? (apiVersion.split('/')[0] ?? '') : '',
  plural,
}));
