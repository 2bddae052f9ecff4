/** Kinds of a mesh that are worth a look, by their full names: two meshes share some names. */
export const shownKinds = {
  none: [],
  'istio-sidecar': ['peerauthentications.security.istio.io', 'authorizationpolicies.security.istio.io'],
  'istio-ambient': ['peerauthentications.security.istio.io', 'authorizationpolicies.security.istio.io'],
  linkerd: ['servers.policy.linkerd.io', 'authorizationpolicies.policy.linkerd.io'],
};
