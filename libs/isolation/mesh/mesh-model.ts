import { type Cidr, type PlanSpec } from '#plans';

import { type KubernetesObject } from '../model/kubernetes-object.js';
import { environmentLabels, LINK_ID_LABEL } from '../model/labels.js';
import { isCutOff } from '../model/restriction.js';
import {
  type MeshFacts,
  type TenantEnvironment,
  type TenantInput,
  type TenantLink,
  type WorkloadIdentity,
} from '../model/tenant-input.js';
import { type OpenHost, openHosts, openRanges } from '../rules/proxied-egress.js';
import { workloadPorts } from './workload-ports.js';

/** A caller and the ports that it calls. */
interface MeteredCaller {
  identity: WorkloadIdentity;
  ports: readonly number[];
}

/**
 * The requirements on a mesh in one environment of a tenant, independent of the mesh: who can call, what is reached,
 * what is measured. The compilers read nothing else, so that all meshes come to the same verdicts.
 */
export interface MeshModel {
  tenant: TenantInput;
  environment: TenantEnvironment;
  mesh: MeshFacts;
  /** The plan's settings for the mesh. */
  plan: PlanSpec['mesh'];
  /** True if the tenant neither receives nor makes calls. */
  cutOff: boolean;
  /** The exact names of the tenant's namespaces, which reach each other. */
  namespaces: readonly string[];
  /** The caller that reaches exposed pods from outside; null: none. */
  gateway: WorkloadIdentity | null;
  /** The caller that reads metrics, and its ports; null: none. */
  monitoring: MeteredCaller | null;
  /** Links whose provider is a service in this namespace. */
  offered: readonly TenantLink[];
  /** Links whose consumer is a workload in this namespace. */
  used: readonly TenantLink[];
  /** The ports on which pods are known to listen, for a mesh whose policies cannot cover all ports at once. */
  ports: readonly number[];
  /** Hosts outside to which proxies pass requests on. */
  hosts: readonly OpenHost[];
  /** Ranges outside to which proxies pass connections on although they pass on only what they know. */
  ranges: readonly Cidr[];
}

/** Returns the mesh of a tenant's pods; null if the cluster has none or the plan opts out. */
export function meshOf({ cluster, plan }: Pick<TenantInput, 'cluster' | 'plan'>): MeshFacts | null {
  return plan.spec.mesh.mode === 'none' ? null : (cluster.mesh ?? null);
}

/** Returns the model of one environment; null if the tenant is in no mesh. */
export function meshModel(tenant: TenantInput, environment: TenantEnvironment): MeshModel | null {
  const mesh = meshOf(tenant);
  if (mesh === null) return null;
  const { network, mesh: plan, workloads } = tenant.plan.spec;
  const { gateway, monitoring } = tenant.cluster;
  const cutOff = isCutOff(tenant);
  const offered = cutOff ? [] : linksOffered(tenant, environment);
  const metricsPorts = !cutOff && network.monitoring ? ascending(monitoring?.ports ?? []) : [];
  const isNarrow = !cutOff && plan.egress === 'registry-only';
  const identity = metricsPorts.length > 0 ? mesh.monitoringIdentity : null;
  return {
    tenant,
    environment,
    mesh,
    plan,
    cutOff,
    offered,
    namespaces: tenant.environments.map(({ namespace }) => namespace).sort(),
    gateway: !cutOff && network.ingressGateway && gateway !== null ? mesh.gatewayIdentity : null,
    monitoring: identity === null ? null : { identity, ports: metricsPorts },
    used: cutOff ? [] : linksUsed(tenant, environment),
    ports: ascending([
      ...plan.ports,
      ...workloadPorts(workloads),
      ...metricsPorts,
      ...offered.flatMap(({ ports }) => ports.map(({ targetPort }) => targetPort)),
    ]),
    hosts: isNarrow ? openHosts(tenant, environment) : [],
    ranges: isNarrow ? openRanges(tenant, environment) : [],
  };
}

/** Returns links to services in an environment, ordered by id. */
export function linksOffered({ links = [] }: TenantInput, { namespace }: TenantEnvironment): TenantLink[] {
  return byId(links.filter(({ provider }) => provider.namespace === namespace));
}

/** Returns links from workloads in an environment to services of other tenants, ordered by id. */
export function linksUsed({ links = [] }: TenantInput, { namespace }: TenantEnvironment): TenantLink[] {
  return byId(links.filter(({ consumer }) => consumer.namespace === namespace));
}

/** Returns the name of an object of a link. Ids contain an underscore, which names cannot. */
export function linkObjectName({ id }: TenantLink, part: string): string {
  return [id.replaceAll('_', '-'), part].join('-');
}

/** Renders an object of the mesh in an environment. `link`: the link that it belongs to. */
export function meshObject(
  { tenant, environment }: MeshModel,
  [apiVersion, kind, name]: readonly [apiVersion: string, kind: string, name: string],
  spec: Record<string, unknown>,
  link?: TenantLink,
): KubernetesObject {
  const labels = {
    ...environmentLabels(tenant, environment),
    ...(link !== undefined && { [LINK_ID_LABEL]: link.id }),
  };
  return { apiVersion, kind, metadata: { name, namespace: environment.namespace, labels }, spec };
}

/** Returns the distinct numbers in ascending order. */
export function ascending(numbers: readonly number[]): number[] {
  return [...new Set(numbers)].sort((a, b) => a - b);
}

function byId(links: readonly TenantLink[]): TenantLink[] {
  return [...links].sort((a, b) => (a.id < b.id ? -1 : 1));
}
