import { type TenantInput } from '#isolation';

import { inMesh, type MeshKind, meshKinds } from '../meshes.js';
import { planWith, tenant } from '../tenants.js';
import { makers, type Place } from './makers.js';

const plan = planWith({
  quota: { cpu: '40', memory: '40Gi' },
  images: { registries: ['registry.example/acme/'], requireDigest: true },
  podSecurity: { enforce: 'restricted', userNamespaces: true, readOnlyRootFilesystem: true },
  workloadLimits: { maxReplicas: 3, emptyDirSizeLimit: true },
  mesh: { waypoint: true },
});
export const roles = ['admin', 'developer'] as const;
const members: TenantInput['members'] = roles.map((role) => ({
  kind: 'User',
  name: `${role}@acme.example`,
  role: `tenant-${role}`,
}));
/** A tenant in each mesh, in the namespace `tn-<mesh>`. */
export const inputs = Object.fromEntries(
  meshKinds.map((kind) => [kind, { ...inMesh(tenant(kind, plan), kind), members }]),
) as Record<MeshKind, TenantInput>;

/** The attempts are the same in every mesh, so that a namespace of one must also stop attempts to escape the others. */
export function placeIn(kind: MeshKind): Place {
  return { namespace: `tn-${kind}`, tenantId: inputs[kind].id, host: '' };
}

/** Makers for objects in a mesh, which need an explicit user and group. */
export function makersIn(kind: MeshKind): ReturnType<typeof makers> {
  const made = makers(placeIn(kind));
  Object.assign(made.restricted.securityContext, { runAsUser: 1000, runAsGroup: 1000 });
  return made;
}
