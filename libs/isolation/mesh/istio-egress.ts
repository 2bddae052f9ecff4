import { type Cidr, prefixOf } from '#plans';

import { fingerprint } from '../model/fingerprint.js';
import { type KubernetesObject } from '../model/kubernetes-object.js';
import { type OpenHost } from '../rules/proxied-egress.js';
import { type MeshModel, meshObject } from './mesh-model.js';

/** The name of the filter that passes on ranges: the one EnvoyFilter that opens something. */
const RANGES_FILTER = 'tenant-egress-ranges';

/**
 * Renders the hosts outside that sidecars pass requests on to. A proxy resolves the name itself and connects to what it
 * finds, wherever the pod meant the connection to go, so that a pod cannot reach another address under a host's name.
 */
export function openHostEntries(model: MeshModel): KubernetesObject[] {
  const kinds = Map.groupBy(model.hosts, ({ host, ports }) =>
    JSON.stringify([host.startsWith('*.') ? 'DYNAMIC_DNS' : 'DNS', ports]),
  );
  return [...kinds.values()].map((alike) => hostEntry(model, alike));
}

/** @param alike hosts with the same ports, all of them exact names or all of them wildcards */
function hostEntry(model: MeshModel, alike: readonly OpenHost[]): KubernetesObject {
  const [{ host: first, ports } = { host: '', ports: [] }] = alike;
  const resolution = first.startsWith('*.') ? 'DYNAMIC_DNS' : 'DNS';
  const name = `tenant-hosts-${fingerprint(JSON.stringify([resolution, ports]))}`;
  return meshObject(model, ['networking.istio.io/v1', 'ServiceEntry', name], {
    hosts: alike.map(({ host }) => host),
    // Other namespaces must not see it: it would take their traffic to the host over.
    exportTo: ['.'],
    location: 'MESH_EXTERNAL',
    resolution,
    ports: ports.map((number) => ({ number, ...protocolOf(number) })),
  });
}

/** Requests name their host in plain text on port 80, and by TLS (SNI, RFC 6066) on every other. */
function protocolOf(port: number): { name: string; protocol: string } {
  return port === 80 ? { name: 'http-80', protocol: 'HTTP' } : { name: `tls-${port}`, protocol: 'TLS' };
}

/**
 * Renders what lets sidecars that pass on only what they know pass on connections to ranges as well. A ServiceEntry
 * cannot: it needs every port by number, and conflicts with services of the mesh that have the same port. The filter adds
 * a chain to every listener for outgoing connections; Envoy chooses it by the address to which the pod connected, before
 * it looks at names.
 */
export function openRangesFilter(model: MeshModel): KubernetesObject[] {
  if (model.ranges.length === 0) return [];
  const value = {
    name: RANGES_FILTER,
    filter_chain_match: { prefix_ranges: model.ranges.map(prefixRange) },
    filters: [
      {
        name: 'envoy.filters.network.tcp_proxy',
        typed_config: {
          '@type': 'type.googleapis.com/envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy',
          stat_prefix: RANGES_FILTER,
          // Istio has it in every proxy; it connects to where the pod did.
          cluster: 'PassthroughCluster',
        },
      },
    ],
  };
  return [
    meshObject(model, ['networking.istio.io/v1alpha3', 'EnvoyFilter', RANGES_FILTER], {
      priority: 10,
      configPatches: [
        { applyTo: 'FILTER_CHAIN', match: { context: 'SIDECAR_OUTBOUND' }, patch: { operation: 'ADD', value } },
      ],
    }),
  ];
}

function prefixRange(cidr: Cidr): object {
  return { address_prefix: cidr.text.slice(0, cidr.text.indexOf('/')), prefix_len: prefixOf(cidr) };
}
