import { type KubernetesObject } from '../model/kubernetes-object.js';
import { clusterRoleNames, renderClusterRoles } from '../rbac/cluster-roles.js';

/** Something that can be done to a resource or subresource. */
export interface Right {
  group: string;
  resource: string;
  /** Absent: the object itself. */
  subresource?: string;
  verb: string;
}

/** A resource or subresource that the API server serves. */
export interface Served {
  group: string;
  resource: string;
  subresource?: string;
  namespaced: boolean;
  verbs: readonly string[];
}

/** Somebody with access to a tenant's namespaces, and by which ClusterRole. */
export interface Identity {
  kind: 'User' | 'Group' | 'ServiceAccount';
  name: string;
  role: string;
}

interface Rule {
  apiGroups: string[];
  resources: string[];
  verbs: string[];
}

/** Verbs that discovery does not tell of, because authorizers alone know them (kubernetes.io, RBAC Good Practices). */
const unlisted: readonly (Right & { namespaced: boolean })[] = [
  ...['escalate', 'bind'].flatMap((verb) => [
    { group: 'rbac.authorization.k8s.io', resource: 'roles', verb, namespaced: true },
    { group: 'rbac.authorization.k8s.io', resource: 'clusterroles', verb, namespaced: false },
  ]),
  { group: '', resource: 'serviceaccounts', verb: 'impersonate', namespaced: true },
  { group: '', resource: 'users', verb: 'impersonate', namespaced: false },
  { group: '', resource: 'groups', verb: 'impersonate', namespaced: false },
  { group: '*', resource: '*', verb: '*', namespaced: true },
  { group: '*', resource: '*', verb: '*', namespaced: false },
];

/** Reviews that everybody may ask for about themselves (ClusterRole system:basic-user). */
const aboutOneself = new Set(['selfsubjectaccessreviews', 'selfsubjectreviews', 'selfsubjectrulesreviews']);

/** What the roles of tenants give, as rendered, whatever stands in the cluster. */
export class GrantedRights {
  private readonly rules = new Map<string, Rule[]>(
    renderClusterRoles().map((role: KubernetesObject) => [role.metadata.name, role['rules'] as Rule[]]),
  );

  /** Whether a ClusterRole of Bulkhead's gives a right; a role of another name gives none. */
  has(role: string, { group, resource, subresource, verb }: Right): boolean {
    const whole = subresource === undefined ? resource : `${resource}/${subresource}`;
    return (this.rules.get(role) ?? []).some(
      (rule) => rule.apiGroups.includes(group) && rule.resources.includes(whole) && rule.verbs.includes(verb),
    );
  }

  /** Whether a tenant's own Roles may add a right: those of its administrators, and no more. */
  mayBeGiven(right: Right): boolean {
    return this.has(clusterRoleNames.admin, right);
  }
}

/** All rights that there are on objects of namespaces, or on objects of the cluster. */
export function allRights(served: readonly Served[], namespaced: boolean): Right[] {
  return [
    ...served
      .filter((each) => each.namespaced === namespaced && !aboutOneself.has(each.resource))
      .flatMap(({ group, resource, subresource, verbs }) =>
        verbs.map((verb) => ({ group, resource, ...(subresource !== undefined && { subresource }), verb })),
      ),
    ...unlisted
      .filter((each) => each.namespaced === namespaced)
      .map(({ group, resource, verb }) => ({ group, resource, verb })),
  ];
}

/** A right in words, as `kubectl auth can-i` takes it. */
export function rightInWords({ verb, group, resource, subresource }: Right): string {
  const whole = `${resource}${group === '' ? '' : `.${group}`}`;
  return `${verb} ${whole}${subresource === undefined ? '' : `/${subresource}`}`;
}
