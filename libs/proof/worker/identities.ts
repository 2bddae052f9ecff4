import { type Identity, type KubernetesObject } from '#isolation';
import { type Subject } from '#kube';

/** A user, group or ServiceAccount with access to namespaces of a tenant. */
export interface TenantIdentity extends Identity {
  namespaces: string[];
}

interface BindingSubject {
  kind: Identity['kind'];
  name: string;
  namespace?: string;
}

/** The identities with access to a tenant, by its rendered RoleBindings. */
export function identitiesOf(rendered: readonly KubernetesObject[]): TenantIdentity[] {
  const found = new Map<string, TenantIdentity>();
  for (const { kind, metadata, ...binding } of rendered) {
    if (kind !== 'RoleBinding') continue;
    const { name: role } = binding['roleRef'] as { name: string };
    for (const subject of binding['subjects'] as BindingSubject[]) {
      const name = subject.kind === 'ServiceAccount' ? accountName(subject) : subject.name;
      const key = JSON.stringify([subject.kind, name, role]);
      const known = found.get(key);
      if (known === undefined) {
        found.set(key, { kind: subject.kind, name, role, namespaces: [metadata.namespace ?? ''] });
      } else known.namespaces.push(metadata.namespace ?? '');
    }
  }
  return [...found.values()];
}

/** The authorizer's view of an identity, with the groups that the API server adds; a group stands for a member of it alone. */
export function subjectOf({ kind, name }: Identity): Subject {
  const authenticated = 'system:authenticated';
  if (kind === 'User') return { user: name, groups: [authenticated] };
  if (kind === 'Group') return { user: 'bulkhead:member-of-a-group', groups: [name, authenticated] };
  const namespace = name.split(':')[2] ?? '';
  const groups = ['system:serviceaccounts', `system:serviceaccounts:${namespace}`, authenticated];
  return { user: name, groups };
}

/** A user without any rights. */
export const nobody: Subject = { user: 'bulkhead:nobody', groups: ['system:authenticated'] };

/** Names an identity for people. */
export function identityInWords({ kind, name }: Identity): string {
  return kind === 'Group' ? `group ${name}` : name;
}

/**
 * The identities whose permissions are all reviewed: `each` per kind and role, and every deployer. That is enough, because
 * RBAC grants by role; the others are reviewed only for permissions that no tenant may have.
 */
export function examplesOf(identities: readonly TenantIdentity[], each: number): TenantIdentity[] {
  const seen = new Map<string, number>();
  return identities.filter(({ kind, name, role }) => {
    if (kind === 'ServiceAccount' && name.endsWith(':deployer')) return true;
    const key = `${kind} ${role}`;
    seen.set(key, (seen.get(key) ?? 0) + 1);
    return (seen.get(key) ?? 0) <= each;
  });
}

function accountName({ namespace = '', name }: BindingSubject): string {
  return `system:serviceaccount:${namespace}:${name}`;
}
