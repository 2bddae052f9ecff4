/** What somebody who should not might do to an object of each kind: a JSON merge patch. */
const damages = {
  LimitRange: { spec: { limits: [{ type: 'Container', default: { cpu: '7' } }] } },
  NetworkPolicy: { spec: { ingress: [{}], egress: [{}] } },
  ResourceQuota: { spec: { hard: { pods: '9999' } } },
  RoleBinding: { subjects: [{ kind: 'User', name: 'mallory', apiGroup: 'rbac.authorization.k8s.io' }] },
  ServiceAccount: { automountServiceAccountToken: true },
};

/** A merge patch that makes an object of the kind another; undefined for kinds that have none. */
export function damageOf(kind) {
  return damages[kind];
}
