import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';

import { builtInPlans } from './built-in-plans.js';
import { planSpecSchema } from './plan-spec.js';

const quota = { cpu: '4', memory: '8Gi' };
const configMap = (name: string): object => ({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name } });

/** The issues of a plan as "path: message". */
function issuesOf(plan: object): string[] {
  const { error } = planSpecSchema.safeParse({ quota, ...plan });
  return (error?.issues ?? []).map(({ path, message }) => `/${path.join('/')}: ${message}`);
}

describe('a plan', () => {
  test('requires only CPU and memory', () => {
    expect(planSpecSchema.parse({ quota })).toMatchObject({
      environments: { default: ['main'], max: 1 },
      podSecurity: { enforce: 'restricted', audit: 'restricted', warn: 'restricted' },
      network: { internetEgress: 'none', allowCidrs: [], kubeApi: false },
      mesh: { mode: 'cluster-default', mtls: 'strict', rateLimit: null },
      runtimeClass: null,
      workloads: [],
    });
  });

  test.each(builtInPlans.map(({ id, spec }) => [id, spec] as const))('"%s" ships with the product', (_, spec) => {
    expect(planSpecSchema.parse(spec)).toMatchObject(spec);
  });

  test('is unchanged when it is parsed again with every default filled in', () => {
    for (const { spec } of builtInPlans) {
      const plan = planSpecSchema.parse(spec);
      expect(planSpecSchema.parse(plan)).toEqual(plan);
    }
  });

  test('cannot limit a class that it does not allow', () => {
    const classes = { storageClasses: { slow: { storage: '1Gi' } }, priorityClasses: { high: { pods: 1 } } };
    expect(issuesOf({ quota: { ...quota, ...classes }, storageClasses: ['fast'] })).toEqual([
      '/quota/storageClasses/slow: The plan does not allow the StorageClass "slow".',
      '/quota/priorityClasses/high: The plan does not allow the PriorityClass "high".',
    ]);
    expect(issuesOf({ quota: { ...quota, ...classes }, priorityClasses: ['high'] })).toEqual([]);
  });

  test('that is arbitrary JSON is accepted or rejected, but never throws', () => {
    const members = Object.keys(planSpecSchema.shape);
    const value = fc.oneof(fc.jsonValue(), fc.dictionary(fc.constantFrom('cpu', 'max', 'default'), fc.jsonValue()));
    fc.assert(
      fc.property(fc.dictionary(fc.constantFrom(...members), value), (plan) => {
        expect(planSpecSchema.safeParse(plan)).toHaveProperty('success');
      }),
    );
  });

  test('documents every field in its JSON Schema', () => {
    const undocumented: string[] = [];
    const visit = (schema: unknown, path: string): void => {
      if (typeof schema !== 'object' || schema === null) return;
      for (const [key, member] of Object.entries(schema)) {
        if (key === 'properties') {
          for (const [name, property] of Object.entries(member as Record<string, { description?: string }>)) {
            if (property.description === undefined) undocumented.push(`${path}/${name}`);
            visit(property, `${path}/${name}`);
          }
        } else visit(member, path);
      }
    };
    visit(z.toJSONSchema(planSpecSchema, { io: 'input' }), '');
    expect(undocumented, 'add .meta({ description }) to these fields').toEqual([]);
  });
});

describe('a plan is rejected', () => {
  test.each([
    [{ quota: { ...quota, cpu: '4 cores' } }, '/quota/cpu'],
    [{ quota: { ...quota, memory: '1e99' } }, '/quota/memory'],
    [{ quota: { ...quota, cpu: '1.0005' } }, '/quota/cpu'],
    [{ quota: { ...quota, pods: -1 } }, '/quota/pods'],
    [{ quota: { ...quota, pods: 1.5 } }, '/quota/pods'],
    [{ quota: { ...quota, cpu: '100m' } }, '/quota/cpu'],
    [{ quota: { ...quota, pods: 1 }, environments: { max: 2 } }, '/quota/pods'],
    [{ quota: { ...quota, configMaps: 3 }, environments: { max: 2 } }, '/quota/configMaps'],
    [{ environments: { default: ['main', 'dev'], max: 1 } }, '/environments/default'],
    [{ environments: { default: ['main', 'main'], max: 2 } }, '/environments/default/1'],
    [{ environments: { default: ['Main'] } }, '/environments/default/0'],
    [{ containerDefaults: { requests: { cpu: '2' } } }, '/containerDefaults/requests/cpu'],
    [{ containerDefaults: { max: { memory: '1Mi' } } }, '/containerDefaults/limits/memory'],
    [{ workloadLimits: { memoryLimitRequestRatio: 2 } }, '/containerDefaults/limits/memory'],
    [{ podSecurity: { enforce: 'privileged' } }, '/podSecurity/enforce'],
    [{ network: { allowCidrs: ['10.0.0.1/8'] } }, '/network/allowCidrs/0'],
    [{ network: { allowCidrs: ['203.0.113.0/24', '169.254.169.254/32'] } }, '/network/allowCidrs/1'],
    [{ network: { allowCidrs: ['fd12::/16', 'FD12::/16'] } }, '/network/allowCidrs/1'],
    [{ network: { allowCidrs: ['10.1.0.0/16'], denyCidrs: ['10.0.0.0/8'] } }, '/network/denyCidrs/0'],
    [{ network: { allowCidrs: ['10.1.0.0/16'], denyCidrs: ['10.1.0.0/16'] } }, '/network/denyCidrs/0'],
    [{ mesh: { telemetry: { tracingSampling: 101 } } }, '/mesh/telemetry/tracingSampling'],
    [{ mesh: { mode: 'none', waypoint: true } }, '/mesh/waypoint'],
    [{ images: { registries: ['ghcr.io/acme'] } }, '/images/registries/0'],
    [{ images: { registries: ['acme/'] } }, '/images/registries/0'],
    [{ priorityClasses: ['system-node-critical'] }, '/priorityClasses/0'],
    [{ nodePool: 'a.b' }, '/nodePool'],
    [{ billing: { paymentGraceDays: -1 } }, '/billing/paymentGraceDays'],
  ])('%j at %s', (plan, pointer) => {
    expect(issuesOf(plan)).toEqual([expect.stringMatching(`^${pointer}: .+`)]);
  });

  test.each([{ qouta: {} }, { network: { egress: 'any' } }, { mesh: { telemetry: { metrics: true } } }])(
    '%j for its unknown field',
    (plan) => {
      expect(issuesOf(plan)).toEqual([expect.stringContaining('Unrecognized key')]);
    },
  );

  test('unless its denied ranges are strictly inside the allowed ones, or apart from them', () => {
    expect(issuesOf({ network: { allowCidrs: ['10.0.0.0/8'], denyCidrs: ['10.1.0.0/16', '8.8.8.8/32'] } })).toEqual([]);
  });
});

describe('a workload', () => {
  const workload = (manifest: object, name = 'db'): object => ({ workloads: [{ name, manifest }] });

  test('can use every variable', () => {
    const data = { text: '${tenant.slug} ${tenant.id} ${tenant.displayName} ${environment.name} ${plan.id}' };
    expect(issuesOf(workload({ ...configMap('${environment.namespace}-db'), data }))).toEqual([]);
  });

  test.each([
    ['v1', 'Namespace'],
    ['v1', 'Secret'],
    ['v1', 'ResourceQuota'],
    ['v1', 'PersistentVolume'],
    ['networking.k8s.io/v1', 'NetworkPolicy'],
    ['rbac.authorization.k8s.io/v1', 'Role'],
    ['rbac.authorization.k8s.io/v1', 'ClusterRoleBinding'],
    ['security.istio.io/v1', 'AuthorizationPolicy'],
    ['apps/v1beta1', 'Deployment'],
  ])('cannot be a %s %s', (apiVersion, kind) => {
    expect(issuesOf(workload({ ...configMap('a'), apiVersion, kind }))).toEqual([
      expect.stringContaining(`/workloads/0/manifest/kind: A plan cannot contain ${apiVersion}/${kind}.`),
    ]);
  });

  test.each([
    [{ data: { a: '${tenant.password}' } }, '/workloads/0/manifest/data/a'],
    [{ data: { a: '${tenant.slug' } }, '/workloads/0/manifest/data/a'],
    [{ data: { a: '${}' } }, '/workloads/0/manifest/data/a'],
    [{ data: { a: '${ tenant.slug }' } }, '/workloads/0/manifest/data/a'],
    [{ list: ['a', { b: '${x}' }] }, '/workloads/0/manifest/list/1/b'],
    [{ data: { '${tenant.slug}': 'a' } }, '/workloads/0/manifest/data/${tenant.slug}'],
  ])('cannot contain %j', (members, pointer) => {
    const issues = issuesOf(workload({ ...configMap('a'), ...members }));
    expect(issues.map((issue) => issue.split(': ')[0])).toEqual([pointer]);
  });

  test('cannot name a namespace', () => {
    const manifest = { ...configMap('a'), metadata: { name: 'a', namespace: 'kube-system' } };
    expect(issuesOf(workload(manifest))).toEqual([expect.stringContaining('must not name a namespace')]);
  });

  test('cannot be in the plan twice', () => {
    const twice = ['a', 'b', 'a'].map((name) => ({ name, manifest: configMap('same') }));
    expect(issuesOf({ workloads: twice }).map((issue) => issue.split(': ')[0])).toEqual([
      '/workloads/1/manifest/metadata/name',
      '/workloads/2/name',
      '/workloads/2/manifest/metadata/name',
    ]);
  });

  test('is rejected if it is nested too deeply', () => {
    let nested: object = {};
    for (let depth = 0; depth < 1000; depth += 1) nested = { nested };
    expect(issuesOf(workload({ ...configMap('a'), ...nested }))).toEqual([expect.stringContaining('64 levels')]);
  });
});
