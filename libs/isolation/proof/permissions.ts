import { type KubernetesObject } from '../model/kubernetes-object.js';
import { clusterRoleNames, renderClusterRoles } from '../rbac/cluster-roles.js';

/** A verb on a resource or subresource. */
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

/** A user, group or ServiceAccount with access to a tenant's namespaces, and its ClusterRole. */
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

/** Verbs that discovery does not list, because only authorizers know them (kubernetes.io, RBAC Good Practices). */
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

/** Reviews that every user can request about itself (ClusterRole system:basic-user). */
const aboutOneself = new Set(['selfsubjectaccessreviews', 'selfsubjectreviews', 'selfsubjectrulesreviews']);

/** The rights that the rendered roles of tenants grant, regardless of the cluster. */
export class GrantedRights {
  private readonly rules = new Map<string, Rule[]>(
    renderClusterRoles().map((role: KubernetesObject) => [role.metadata.name, role['rules'] as Rule[]]),
  );

  /** Reports whether a ClusterRole of Bulkhead grants a right; a role of another name grants none. */
  has(role: string, { group, resource, subresource, verb }: Right): boolean {
    const whole = subresource === undefined ? resource : `${resource}/${subresource}`;
    return (this.rules.get(role) ?? []).some(
      (rule) => rule.apiGroups.includes(group) && rule.resources.includes(whole) && rule.verbs.includes(verb),
    );
  }

  /** Reports whether a tenant's own Roles can grant a right: only those that its administrators have. */
  mayBeGiven(right: Right): boolean {
    return this.has(clusterRoleNames.admin, right);
  }
}

/** Returns all rights that exist on namespaced or on cluster-scoped objects. */
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

/** Returns a right in the form that `kubectl auth can-i` takes. */
export function rightInWords({ verb, group, resource, subresource }: Right): string {
  const whole = `${resource}${group === '' ? '' : `.${group}`}`;
  return `${verb} ${whole}${subresource === undefined ? '' : `/${subresource}`}`;
}
