import { type PlanSpec } from '#plans';

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
import { workloadPorts } from './workload-ports.js';

/** Who calls on which ports. */
interface MeteredCaller {
  identity: WorkloadIdentity;
  ports: readonly number[];
}

/**
 * What a mesh must hold in one environment of a tenant, in no mesh's words: who may call, what is reached, what is
 * measured. The compilers read nothing else, so that all meshes come to the same verdicts.
 */
export interface MeshModel {
  tenant: TenantInput;
  environment: TenantEnvironment;
  mesh: MeshFacts;
  /** What the plan says of the mesh. */
  plan: PlanSpec['mesh'];
  /** Whether nobody calls and nothing is called. */
  cutOff: boolean;
  /** The namespaces of the tenant, by their exact names: they reach each other. */
  namespaces: readonly string[];
  /** Who reaches exposed pods from outside; null: nobody. */
  gateway: WorkloadIdentity | null;
  /** Who reads metrics, and where; null: nobody. */
  monitoring: MeteredCaller | null;
  /** Links that end at a service in this namespace. */
  offered: readonly TenantLink[];
  /** Links that begin at a workload in this namespace. */
  used: readonly TenantLink[];
  /** The ports at which pods are known to listen, for a mesh that cannot speak of all ports at once. */
  ports: readonly number[];
}

/** The mesh that a tenant's pods are in; null where the cluster has none or the plan leaves it out. */
export function meshOf({ cluster, plan }: Pick<TenantInput, 'cluster' | 'plan'>): MeshFacts | null {
  return plan.spec.mesh.mode === 'none' ? null : (cluster.mesh ?? null);
}

/** The model of one environment; null where the tenant is in no mesh. */
export function meshModel(tenant: TenantInput, environment: TenantEnvironment): MeshModel | null {
  const mesh = meshOf(tenant);
  if (mesh === null) return null;
  const { network, mesh: plan, workloads } = tenant.plan.spec;
  const { gateway, monitoring } = tenant.cluster;
  const cutOff = isCutOff(tenant);
  const offered = cutOff ? [] : linksOffered(tenant, environment);
  const metricsPorts = !cutOff && network.monitoring ? ascending(monitoring?.ports ?? []) : [];
  const identity = metricsPorts.length > 0 ? mesh.monitoringIdentity : null;
  return {
    ...{ tenant, environment, mesh, plan, cutOff, offered },
    namespaces: tenant.environments.map(({ namespace }) => namespace).sort(),
    gateway: !cutOff && network.ingressGateway && gateway !== null ? mesh.gatewayIdentity : null,
    monitoring: identity === null ? null : { identity, ports: metricsPorts },
    used: cutOff ? [] : linksUsed(tenant, environment),
    ports: ascending([
      ...DEFAULT_PORTS,
      ...workloadPorts(workloads),
      ...metricsPorts,
      ...offered.flatMap(({ ports }) => ports.map(({ targetPort }) => targetPort)),
    ]),
  };
}

/** Where software listens that was not told otherwise: web servers, common databases, gRPC. */
const DEFAULT_PORTS: readonly number[] = [80, 443, 3000, 3306, 5000, 5432, 6379, 8000, 8080, 8443, 50051];

/** Links to services in an environment, by id. */
export function linksOffered({ links = [] }: TenantInput, { namespace }: TenantEnvironment): TenantLink[] {
  return byId(links.filter(({ provider }) => provider.namespace === namespace));
}

/** Links of workloads in an environment to services of others, by id. */
export function linksUsed({ links = [] }: TenantInput, { namespace }: TenantEnvironment): TenantLink[] {
  return byId(links.filter(({ consumer }) => consumer.namespace === namespace));
}

/** The name of an object of a link: an id has an underscore, which names may not have. */
export function linkObjectName({ id }: TenantLink, part: string): string {
  return [id.replaceAll('_', '-'), part].join('-');
}

/** An object of the mesh in an environment. `link`: the one that it is for. */
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

/** Each number once, the smallest first. */
export function ascending(numbers: readonly number[]): number[] {
  return [...new Set(numbers)].sort((a, b) => a - b);
}

function byId(links: readonly TenantLink[]): TenantLink[] {
  return [...links].sort((a, b) => (a.id < b.id ? -1 : 1));
}
