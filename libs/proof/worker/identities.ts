import { type Identity, type KubernetesObject } from '#isolation';
import { type Subject } from '#kube';

/** Somebody with access to namespaces of a tenant. */
export interface TenantIdentity extends Identity {
  namespaces: string[];
}

interface BindingSubject {
  kind: Identity['kind'];
  name: string;
  namespace?: string;
}

/** Who has access to a tenant, by its rendered RoleBindings. */
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

/** As whom the authorizer knows somebody: with the groups that the API server itself gives, and a group's members alone. */
export function subjectOf({ kind, name }: Identity): Subject {
  const everybody = 'system:authenticated';
  if (kind === 'User') return { user: name, groups: [everybody] };
  if (kind === 'Group') return { user: 'bulkhead:member-of-a-group', groups: [name, everybody] };
  const namespace = name.split(':')[2] ?? '';
  const groups = ['system:serviceaccounts', `system:serviceaccounts:${namespace}`, everybody];
  return { user: name, groups };
}

/** Somebody whom nobody gave anything. */
export const nobody: Subject = { user: 'bulkhead:nobody', groups: ['system:authenticated'] };

/** Somebody in words. */
export function identityInWords({ kind, name }: Identity): string {
  return kind === 'Group' ? `group ${name}` : name;
}

/**
 * Whose permissions are asked for one by one: of each kind and role so many, and every ServiceAccount. What RBAC gives
 * it gives by roles; the others are asked for what nobody may have.
 */
export function examplesOf(identities: readonly TenantIdentity[], each: number): TenantIdentity[] {
  const seen = new Map<string, number>();
  return identities.filter(({ kind, role }) => {
    if (kind === 'ServiceAccount') return true;
    const key = `${kind} ${role}`;
    seen.set(key, (seen.get(key) ?? 0) + 1);
    return (seen.get(key) ?? 0) <= each;
  });
}

function accountName({ namespace = '', name }: BindingSubject): string {
  return `system:serviceaccount:${namespace}:${name}`;
}
