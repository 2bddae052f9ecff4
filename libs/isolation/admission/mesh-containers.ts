/** The containers that each mesh puts into pods. */
const containers = {
  'istio-': ['istio-proxy', 'istio-init', 'istio-validation'],
  'linkerd-': ['linkerd-proxy', 'linkerd-init', 'linkerd-network-validator'],
} as const;

/** The volumes of those containers. */
const volumes = [
  ...['workload-socket', 'credential-socket', 'workload-certs', 'istio-envoy', 'istio-data', 'istio-podinfo'],
  ...['istio-token', 'istiod-ca-cert', 'istio-ca-crl', 'go-proxy-envoy', 'go-proxy-data'],
  ...['linkerd-identity-end-entity', 'linkerd-identity-token', 'linkerd-proxy-init-xtables-lock'],
];

/** Whose certificate authority the token of a volume is for. */
const tokens = { 'istio-token': 'istio-ca', 'linkerd-identity-token': 'identity.l5d.io' } as const;

const list = (names: readonly string[]): string => `[${names.map((name) => `'${name}'`).join(', ')}]`;

/** The CEL condition that a name is one of a mesh's containers. */
export const isMeshContainer = (name: string): string => `(${name} in ${list(Object.values(containers).flat())})`;

/** The CEL condition that a name is one of a mesh's volumes. */
export const isMeshVolume = (name: string): string => `(${name} in ${list(volumes)})`;

/** The CEL condition that a projected token in a volume is the one by which the mesh's proxy proves who it is. */
export function isMeshToken(volume: string, audience: string): string {
  const pairs = Object.entries(tokens).map(([name, value]) => `(${volume} == '${name}' && ${audience} == '${value}')`);
  return `(${pairs.join(' || ')})`;
}

/** The CEL expression of all audiences of certificate authorities of meshes. */
export const meshAudiences = list([...Object.values(tokens), 'api', 'spire-server']);
