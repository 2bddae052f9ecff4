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
/** The configuration that istiod serves to a sidecar, as JSON of Envoy's API. */
export interface SidecarConfig {
  clusters: { name: string }[];
  endpoints: { clusterName: string; endpoints?: { lbEndpoints?: object[] }[] }[];
  listeners: { name: string; filterChains?: FilterChain[]; defaultFilterChain?: FilterChain }[];
  routes: { name: string; virtualHosts?: { name: string; domains: string[] }[] }[];
}

/** The configuration that istiod serves to ztunnels. */
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
 * Fetches everything that istiod serves to the sidecar of a pod.
 * @param token of the requesting ServiceAccount; istiod serves a namespace's configuration only to that namespace
 * @throws when istiod refuses, with its reason
 */
export function sidecarConfig(istiod: Istiod, pod: MeshPod, token: string): Promise<SidecarConfig> {
  const node = `sidecar~${pod.ip}~${pod.name}.${pod.namespace}~${pod.namespace}.svc.cluster.local`;
  return ask<SidecarConfig>(istiod, token, ['-node', node, '-labels', JSON.stringify(pod.labels)]);
}

/** Fetches everything that istiod serves to a ztunnel. */
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

/** Returns the namespaces of the services that a proxy knows. */
export function namespacesKnown({ clusters }: SidecarConfig): Set<string> {
  return new Set(clusters.flatMap(({ name }) => /^outbound\|.*\.([^.]+)\.svc\.cluster\.local$/.exec(name)?.[1] ?? []));
}

/** Returns the filter chains for connections to the pod, except those to the proxy's own port, which go nowhere. */
export function inboundChains({ listeners }: SidecarConfig): FilterChain[] {
  const { filterChains = [], defaultFilterChain } = listeners.find(({ name }) => name === 'virtualInbound') ?? {};
  const all = [...filterChains, ...(defaultFilterChain ? [defaultFilterChain] : [])];
  return all.filter(({ name }) => name !== 'virtualInbound-blackhole');
}

/** Returns the filter chains for callers without a certificate. */
export function plaintextChains(config: SidecarConfig): FilterChain[] {
  return inboundChains(config).filter(({ transportSocket }) => transportSocket === undefined);
}

/** Returns the names of the policies that deny, and that allow, incoming calls. */
export function policiesAt({ filters }: FilterChain): { deny: string[]; allow: string[] } {
  const all = filters.flatMap((filter) => [filter, ...(filter.typedConfig?.httpFilters ?? [])]);
  const rules = all.filter(({ name }) => name.endsWith('.rbac')).map(({ typedConfig }) => typedConfig?.rules);
  const named = (action: string): string[] =>
    rules.filter((each) => (each?.action ?? 'ALLOW') === action).flatMap((each) => Object.keys(each?.policies ?? {}));
  return { deny: named('DENY'), allow: named('ALLOW') };
}
