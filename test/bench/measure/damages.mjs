/** Unwanted changes to an object of each kind, as JSON merge patches. */
const damages = {
  LimitRange: { spec: { limits: [{ type: 'Container', default: { cpu: '7' } }] } },
  NetworkPolicy: { spec: { ingress: [{}], egress: [{}] } },
  ResourceQuota: { spec: { hard: { pods: '9999' } } },
  RoleBinding: { subjects: [{ kind: 'User', name: 'mallory', apiGroup: 'rbac.authorization.k8s.io' }] },
  ServiceAccount: { automountServiceAccountToken: true },
};

/** Returns a merge patch that changes an object of the kind; undefined for kinds that have none. */
export function damageOf(kind) {
  return damages[kind];
}
