import { type ClusterFacts, type TenantInput } from '#isolation';
import { builtInPlans, namespaceName, planSpecSchema, type PlanSpec, type PlanSpecInput } from '#plans';

/** A cluster with every part of the platform, in both address families. */
export const cluster: ClusterFacts = {
  minorVersion: '1.36',
  dnsServiceIps: ['10.96.0.10', 'fd00:10:96::a'],
  podCidrs: ['10.244.0.0/16', 'fd00:10:244::/56'],
  serviceCidrs: ['10.96.0.0/12', 'fd00:10:96::/112'],
  nodeCidrs: ['192.0.2.0/24'],
  apiServerEndpoints: { ips: ['198.51.100.7', '198.51.100.6'], port: 6443 },
  gateway: { namespace: 'ingress', podLabels: { app: 'gateway' } },
  monitoring: { namespace: 'monitoring', podLabels: { app: 'prometheus' }, ports: [9090, 15020] },
};

/** Returns the built-in plan with this id, with all defaults. */
export function builtInPlan(id: string): PlanSpec {
  const plan = builtInPlans.find((candidate) => candidate.id === id);
  if (plan === undefined) throw new Error(`Plan "${id}" not found.`);
  return planSpecSchema.parse(plan.spec);
}

/** Returns a plan of moderate size with the given settings. */
export function planWith(spec: Partial<PlanSpecInput> = {}): PlanSpec {
  return planSpecSchema.parse({ quota: { cpu: '10', memory: '10Gi' }, ...spec });
}

/** Returns a tenant with these environments; the id is derived from the slug, so that two slugs are two tenants. */
export function tenant(slug: string, spec: PlanSpec, environments: readonly string[] = ['main']): TenantInput {
  return {
    id: `tenant_01${slug}`,
    slug,
    displayName: `The ${slug} company`,
    plan: { id: 'some-plan', version: 1, spec },
    environments: environments.map((name) => ({ name, namespace: namespaceName(slug, name) })),
    members: [{ kind: 'User', name: `alice@${slug}.example`, role: 'tenant-admin' }],
    cluster,
  };
}
