import { type KubernetesObject, renderClusterRoles, renderTenant, type TenantInput } from '#isolation';
import { canonicalQuantity, parseCidr, parseQuantity, strictlyContainsCidr } from '#plans';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { builtInPlan, cluster, planWith, tenant } from './tenants.js';

const ENVIRONMENTS = ['main', 'dev', 'qa', 'staging', 'demo'];

/** Returns the objects as "kind/namespace/name". */
function namesOf(objects: readonly KubernetesObject[]): string[] {
  return objects.map(({ kind, metadata }) => [kind, metadata.namespace, metadata.name].filter(Boolean).join('/'));
}

/** Returns the object of this kind and name in the tenant's main namespace. */
function find(objects: readonly KubernetesObject[], kind: string, name: string): Record<string, unknown> {
  const found = objects.find((object) => object.kind === kind && object.metadata.name === name);
  if (found === undefined) throw new Error(`${kind} ${name} not found.`);
  return found;
}

/** Returns every value of a field with this name, anywhere in the objects. */
function valuesOf(value: unknown, field: string): unknown[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, child]: [string, unknown]) => {
    const deeper = valuesOf(child, field);
    return key === field ? [child, ...deeper] : deeper;
  });
}

describe('the objects of a tenant', () => {
  test('are these on the plan "free"', () => {
    const objects = renderTenant({ ...tenant('acme', builtInPlan('free')), members: [] });
    expect(namesOf(objects)).toEqual([
      'Namespace/tn-acme',
      'NetworkPolicy/tn-acme/tenant-default-deny',
      'ServiceAccount/tn-acme/default',
      'ServiceAccount/tn-acme/deployer',
      'LimitRange/tn-acme/tenant-limits',
      'ResourceQuota/tn-acme/tenant-quota',
      'NetworkPolicy/tn-acme/tenant-allow',
      'RoleBinding/tn-acme/bulkhead-tenant-deployer',
      'ResourceQuota/tn-acme/tenant-quota-access',
    ]);
    expect(find(objects, 'ResourceQuota', 'tenant-quota')).toMatchObject({
      spec: { hard: { 'limits.cpu': '1', 'requests.memory': '1Gi', pods: '10', 'services.nodeports': '0' } },
    });
    expect(find(objects, 'LimitRange', 'tenant-limits')).toMatchObject({
      spec: {
        limits: [
          {
            type: 'Container',
            default: { cpu: '200m', memory: '128Mi', 'ephemeral-storage': '256Mi' },
            defaultRequest: { cpu: '50m', memory: '64Mi', 'ephemeral-storage': '64Mi' },
            max: { cpu: '500m', memory: '512Mi' },
          },
        ],
      },
    });
  });

  test('are in every environment on the plan "team", and namespaces come first', () => {
    const names = namesOf(renderTenant(tenant('acme', builtInPlan('team'), ['main', 'dev'])));
    expect(names.slice(0, 3)).toEqual([
      'Namespace/tn-acme',
      'Namespace/tn-acme-dev',
      'NetworkPolicy/tn-acme/tenant-default-deny',
    ]);
    const [main, dev] = ['tn-acme', 'tn-acme-dev'].map((namespace) =>
      names.filter((name) => name.split('/')[1] === namespace).map((name) => name.replace(namespace, '')),
    );
    expect(main).toEqual(dev);
    expect(main).toEqual(expect.arrayContaining(['NetworkPolicy//tenant-allow-ingress-gateway']));
  });

  test('begin with a namespace that has all six Pod Security labels', () => {
    const input = tenant('acme', planWith({ podSecurity: { enforce: 'baseline' } }));
    expect(renderTenant({ ...input, plan: { ...input.plan, version: 7 } })[0]?.metadata).toEqual({
      name: 'tn-acme',
      labels: {
        'app.kubernetes.io/managed-by': 'bulkhead',
        'bulkhead.io/tenant-id': 'tenant_01acme',
        'bulkhead.io/environment': 'main',
        'bulkhead.io/plan': 'some-plan',
        'pod-security.kubernetes.io/enforce': 'baseline',
        'pod-security.kubernetes.io/enforce-version': 'v1.36',
        'pod-security.kubernetes.io/audit': 'restricted',
        'pod-security.kubernetes.io/audit-version': 'latest',
        'pod-security.kubernetes.io/warn': 'restricted',
        'pod-security.kubernetes.io/warn-version': 'latest',
      },
      annotations: {},
    });
  });

  test('all have labels with their tenant and environment', () => {
    for (const { metadata } of renderTenant(tenant('acme', builtInPlan('team'), ENVIRONMENTS))) {
      const environment = (metadata.namespace ?? metadata.name).replace(/^tn-acme-?/, '') || 'main';
      expect(metadata.labels).toMatchObject({
        'app.kubernetes.io/managed-by': 'bulkhead',
        'bulkhead.io/tenant-id': 'tenant_01acme',
        'bulkhead.io/environment': environment,
      });
    }
  });

  test('never select label values of another tenant', () => {
    const [a, b] = ['acme', 'acme-dev'].map((slug) => renderTenant(tenant(slug, builtInPlan('team'), ENVIRONMENTS)));
    const selected = (objects: unknown): string[] =>
      valuesOf(objects, 'namespaceSelector').map((s) => JSON.stringify(s));
    const ofTenant = (selector: string): boolean => selector.includes('tenant');
    expect(selected(a).filter(ofTenant).length).toBeGreaterThan(0);
    expect(selected(a).filter((selector) => ofTenant(selector) && selected(b).includes(selector))).toEqual([]);
    expect([...selected(a), ...selected(b)]).not.toContain('{}');
  });

  test('require neither a gateway nor a monitoring system', () => {
    const input = tenant('acme', builtInPlan('team'));
    const bare = { ...cluster, gateway: null, monitoring: null };
    const objects = renderTenant({ ...input, cluster: bare });
    expect(namesOf(objects)).not.toContain('NetworkPolicy/tn-acme/tenant-allow-ingress-gateway');
    const { ingress } = find(objects, 'NetworkPolicy', 'tenant-allow')['spec'] as { ingress: unknown[] };
    expect(ingress).toHaveLength(1);
  });
});

describe('rendering', () => {
  const memberArbitrary = fc.record({
    kind: fc.constantFrom('User' as const, 'Group' as const),
    name: fc.constantFrom('ann', 'bob', 'Zoë', 'ops team', '"quoted"'),
    role: fc.constantFrom('tenant-owner', 'tenant-admin', 'tenant-developer', 'tenant-viewer'),
  });
  const shuffled = <T>(items: readonly T[]): fc.Arbitrary<T[]> =>
    fc.shuffledSubarray([...items], { minLength: items.length });

  test('depends neither on the order of members and environments nor on repeated members', () => {
    const inputs = fc
      .array(memberArbitrary, { maxLength: 8 })
      .chain((members) => fc.tuple(fc.constant(members), shuffled([...members, ...members]), shuffled(ENVIRONMENTS)));
    const spec = builtInPlan('team');
    fc.assert(
      fc.property(inputs, ([members, otherMembers, otherEnvironments]) => {
        const one = renderTenant({ ...tenant('acme', spec, ENVIRONMENTS), members });
        const other = renderTenant({ ...tenant('acme', spec, otherEnvironments), members: otherMembers });
        expect(JSON.stringify(other)).toBe(JSON.stringify(one));
      }),
      { numRuns: 30 },
    );
  });

  test('does not depend on the order of the cluster’s addresses', () => {
    const input = tenant('acme', planWith({ network: { internetEgress: 'any', kubeApi: true } }));
    const reordered: TenantInput['cluster'] = {
      ...cluster,
      dnsServiceIps: cluster.dnsServiceIps.toReversed(),
      podCidrs: cluster.podCidrs.toReversed(),
      apiServerEndpoints: { ips: cluster.apiServerEndpoints.ips.toReversed(), port: 6443 },
    };
    expect(renderTenant({ ...input, cluster: reordered })).toEqual(renderTenant(input));
  });

  test('returns objects that share nothing, so that changing one does not change another', () => {
    const seen = new Set<object>();
    const visit = (value: unknown): void => {
      if (typeof value !== 'object' || value === null) return;
      expect(seen.has(value)).toBe(false);
      seen.add(value);
      Object.values(value).forEach(visit);
    };
    visit([renderTenant(tenant('acme', builtInPlan('team'), ENVIRONMENTS)), renderTenant(tenant('b', planWith()))]);
    visit([renderClusterRoles(), renderClusterRoles()]);
  });

  test('divides the plan so that its quotas add up to it exactly', () => {
    const spec = fc.record({
      cpu: fc.integer({ min: 1000, max: 99_999 }).map((milli) => `${milli}m`),
      memory: fc.integer({ min: 5 * 1024, max: 99_999 }).map((mebi) => `${mebi}Mi`),
      pods: fc.integer({ min: 5, max: 5000 }),
      secrets: fc.nat({ max: 5000 }),
    });
    fc.assert(
      fc.property(spec, fc.integer({ min: 1, max: 5 }), (quota, count) => {
        const plan = planWith({ quota, environments: { max: 5 } });
        const objects = renderTenant(tenant('acme', plan, ENVIRONMENTS.slice(0, count)));
        const hards = objects
          .filter(({ kind, metadata }) => kind === 'ResourceQuota' && metadata.name === 'tenant-quota')
          .map((object) => (object['spec'] as { hard: Record<string, string> }).hard);
        const sum = (key: string): bigint => hards.reduce((total, hard) => total + parseQuantity(hard[key] ?? ''), 0n);
        expect(hards).toHaveLength(count);
        for (const key of ['requests.cpu', 'limits.cpu']) expect(sum(key)).toBe(parseQuantity(quota.cpu));
        for (const key of ['requests.memory', 'limits.memory']) expect(sum(key)).toBe(parseQuantity(quota.memory));
        expect(sum('pods')).toBe(parseQuantity(String(quota.pods)));
        expect(sum('secrets')).toBe(parseQuantity(String(quota.secrets)));
        expect(hards.flatMap(Object.values<string>).every((amount) => canonicalQuantity(amount) === amount)).toBe(true);
      }),
    );
  });

  test('limits storage and priority classes, and the bindings and network policies of tenants', () => {
    const plan = planWith({
      environments: { max: 2 },
      storageClasses: ['fast'],
      priorityClasses: ['high'],
      quota: {
        cpu: '10',
        memory: '10Gi',
        roleBindings: 7,
        networkPolicies: 0,
        roles: 2000,
        storageClasses: { fast: { storage: '5Gi', volumeClaims: 3 } },
        priorityClasses: { high: { pods: 3, cpu: '1' } },
      },
    });
    const quotas = renderTenant(tenant('acme', plan, ['main', 'dev'])).filter(({ kind }) => kind === 'ResourceQuota');
    const named = (name: string): unknown[] =>
      quotas.filter(({ metadata }) => metadata.name === name).map((quota) => quota['spec']);
    const fast = 'fast.storageclass.storage.k8s.io';
    expect(named('tenant-quota')).toMatchObject([
      {
        hard: { [`${fast}/requests.storage`]: '2560Mi', [`${fast}/persistentvolumeclaims`]: '2', resourcequotas: '11' },
      },
      {
        hard: { [`${fast}/requests.storage`]: '2560Mi', [`${fast}/persistentvolumeclaims`]: '1', resourcequotas: '11' },
      },
    ]);
    const high = { matchExpressions: [{ scopeName: 'PriorityClass', operator: 'In', values: ['high'] }] };
    expect(named('tenant-quota-priority-high')).toEqual([
      { hard: { pods: '2', 'requests.cpu': '500m', 'limits.cpu': '500m' }, scopeSelector: high },
      { hard: { pods: '1', 'requests.cpu': '500m', 'limits.cpu': '500m' }, scopeSelector: high },
    ]);
    // Bulkhead's own objects of these kinds are added in every environment.
    const [bindings, policies, roles] = [
      'count/rolebindings.rbac.authorization.k8s.io',
      'count/networkpolicies.networking.k8s.io',
      'count/roles.rbac.authorization.k8s.io',
    ];
    expect(named('tenant-quota-access')).toEqual([
      { hard: { [roles]: '1k', [bindings]: '8', [policies]: '9' } },
      { hard: { [roles]: '1k', [bindings]: '7', [policies]: '9' } },
    ]);
  });

  test('lists only exceptions that are strictly inside their range', () => {
    const cidr = fc.tuple(fc.nat({ max: 0xffffffff }), fc.integer({ min: 0, max: 32 })).map(([address, prefix]) => {
      const network = prefix === 0 ? 0 : (address >>> (32 - prefix)) * 2 ** (32 - prefix);
      return `${[24, 16, 8, 0].map((shift) => Math.floor(network / 2 ** shift) % 256).join('.')}/${prefix}`;
    });
    const some = fc.array(cidr, { maxLength: 6 });
    fc.assert(
      fc.property(some, some, some, (allowCidrs, denyCidrs, podCidrs) => {
        const spec = planWith({ network: { internetEgress: 'any' } });
        // Rendering must also be safe for input that the schema of plans would reject.
        const network = { ...spec.network, allowCidrs, denyCidrs };
        const objects = renderTenant({
          ...tenant('acme', { ...spec, network }),
          cluster: { ...cluster, podCidrs },
        });
        for (const block of valuesOf(objects, 'ipBlock') as { cidr: string; except?: string[] }[]) {
          const { except = [] } = block;
          const cidr = parseCidr(block.cidr);
          expect(except.every((range) => strictlyContainsCidr(cidr, parseCidr(range)))).toBe(true);
          expect(new Set(except).size).toBe(except.length);
        }
      }),
    );
  });
});
