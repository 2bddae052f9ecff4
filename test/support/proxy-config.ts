import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';

import { istioBinary } from '../../dev/go-binaries.mjs';
import { type Istiod } from './istiod.js';
import { type MeshPod } from './mesh-pods.js';

const run = promisify(execFile);

interface Filter {
  name: string;
  typedConfig?: {
    '@type': string;
    rules?: { action?: string; policies: Record<string, unknown> };
    httpFilters?: Filter[];
  };
}
interface FilterChain {
  name: string;
  filterChainMatch?: { transportProtocol?: string; destinationPort?: number };
  transportSocket?: { typedConfig: { requireClientCertificate?: boolean } };
  filters: Filter[];
}
/** What istiod serves to a sidecar, as Envoy's API has it in JSON. */
export interface SidecarConfig {
  clusters: { name: string }[];
  endpoints: { clusterName: string; endpoints?: { lbEndpoints?: object[] }[] }[];
  listeners: { name: string; filterChains?: FilterChain[]; defaultFilterChain?: FilterChain }[];
  routes: { name: string; virtualHosts?: { name: string; domains: string[] }[] }[];
}

/** What istiod serves to ztunnels. */
export interface ZtunnelConfig {
  addresses: { workload?: ZtunnelWorkload; service?: { name: string; namespace: string; waypoint?: object } }[];
  authorizations: ZtunnelAuthorization[];
}
interface ZtunnelWorkload {
  canonicalName: string;
  namespace: string;
  tunnelProtocol?: string;
  authorizationPolicies?: string[];
}
interface ZtunnelAuthorization {
  name: string;
  namespace: string;
  scope?: string;
  action?: string;
  groups?: object[];
}

/**
 * Asks istiod for all that it serves to the sidecar of a pod.
 * @param token of the ServiceAccount that asks; istiod serves a namespace's proxies to that namespace alone
 * @throws when istiod refuses, with its reason
 */
export function sidecarConfig(istiod: Istiod, pod: MeshPod, token: string): Promise<SidecarConfig> {
  const node = `sidecar~${pod.ip}~${pod.name}.${pod.namespace}~${pod.namespace}.svc.cluster.local`;
  return ask<SidecarConfig>(istiod, token, ['-node', node, '-labels', JSON.stringify(pod.labels)]);
}

/** Asks istiod for all that it serves to a ztunnel. */
export function ztunnelConfig(istiod: Istiod, token: string): Promise<ZtunnelConfig> {
  const node = 'ztunnel~198.51.100.250~ztunnel.istio-system~istio-system.svc.cluster.local';
  return ask<ZtunnelConfig>(istiod, token, ['-node', node, '-ztunnel']);
}

async function ask<T>(istiod: Istiod, token: string, args: string[]): Promise<T> {
  const dir = mkdtempSync(path.join(tmpdir(), 'bulkhead-xds-'));
  try {
    const file = path.join(dir, 'token');
    writeFileSync(file, token, { mode: 0o600 });
    const connection = ['-address', istiod.address, '-roots', istiod.roots, '-token', file];
    const { stdout } = await run(await istioBinary('xds'), [...connection, ...args], { maxBuffer: 256 * 1024 * 1024 });
    return JSON.parse(stdout) as T;
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

/** Namespaces of the services that a proxy is told of. */
export function namespacesKnown({ clusters }: SidecarConfig): Set<string> {
  return new Set(clusters.flatMap(({ name }) => /^outbound\|.*\.([^.]+)\.svc\.cluster\.local$/.exec(name)?.[1] ?? []));
}

/** What happens to connections to the pod, by how they begin; but for those to the proxy's own port, which lead nowhere. */
export function inboundChains({ listeners }: SidecarConfig): FilterChain[] {
  const { filterChains = [], defaultFilterChain } = listeners.find(({ name }) => name === 'virtualInbound') ?? {};
  const all = [...filterChains, ...(defaultFilterChain ? [defaultFilterChain] : [])];
  return all.filter(({ name }) => name !== 'virtualInbound-blackhole');
}

/** Ways into the pod for who has no certificate. */
export function plaintextChains(config: SidecarConfig): FilterChain[] {
  return inboundChains(config).filter(({ transportSocket }) => transportSocket === undefined);
}

/** Names of the policies by which whatever comes in is refused, then allowed. */
export function policiesAt({ filters }: FilterChain): { deny: string[]; allow: string[] } {
  const all = filters.flatMap((filter) => [filter, ...(filter.typedConfig?.httpFilters ?? [])]);
  const rules = all.filter(({ name }) => name.endsWith('.rbac')).map(({ typedConfig }) => typedConfig?.rules);
  const named = (action: string): string[] =>
    rules.filter((each) => (each?.action ?? 'ALLOW') === action).flatMap((each) => Object.keys(each?.policies ?? {}));
  return { deny: named('DENY'), allow: named('ALLOW') };
}
