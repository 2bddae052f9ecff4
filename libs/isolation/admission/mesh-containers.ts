import { reservedAudiences } from '#plans';

/** The containers that each mesh injects into pods. */
const containers = {
  'istio-': ['istio-proxy', 'istio-init', 'istio-validation'],
  'linkerd-': ['linkerd-proxy', 'linkerd-init', 'linkerd-network-validator'],
} as const;

/** The volumes of those containers. */
const volumes = [
  'workload-socket',
  'credential-socket',
  'workload-certs',
  'istio-envoy',
  'istio-data',
  'istio-podinfo',
  'istio-token',
  'istiod-ca-cert',
  'istio-ca-crl',
  'go-proxy-envoy',
  'go-proxy-data',
  'linkerd-identity-end-entity',
  'linkerd-identity-token',
  'linkerd-proxy-init-xtables-lock',
];

/** The certificate authority for which the token in a volume is meant. */
const tokens = { 'istio-token': 'istio-ca', 'linkerd-identity-token': 'identity.l5d.io' } as const;

const list = (names: readonly string[]): string => `[${names.map((name) => `'${name}'`).join(', ')}]`;

/** CEL: a name is that of a mesh's container. */
export const isMeshContainer = (name: string): string => `(${name} in ${list(Object.values(containers).flat())})`;

/** CEL: a name is that of a mesh's volume. */
export const isMeshVolume = (name: string): string => `(${name} in ${list(volumes)})`;

/** CEL: a projected token in a volume is the one with which the mesh's proxy proves its identity. */
export function isMeshToken(volume: string, audience: string): string {
  const pairs = Object.entries(tokens).map(([name, value]) => `(${volume} == '${name}' && ${audience} == '${value}')`);
  return `(${pairs.join(' || ')})`;
}

/** CEL: the list of all audiences of mesh certificate authorities. */
export const meshAudiences = list(reservedAudiences);
