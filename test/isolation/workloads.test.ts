import { type KubernetesObject, renderTenant, type TenantInput } from '#isolation';
import { managedResources } from '#kube';
import { planSpecSchema } from '#plans';
import { describe, expect, test } from 'vitest';

import { planWith, tenant } from './tenants.js';

const base = { apiVersion: 'v1', kind: 'ConfigMap' };

/** Renders a single manifest of a plan, one object per environment. */
function rendered(manifest: object, change: Partial<TenantInput> = {}): KubernetesObject[] {
  const workloads = [{ name: 'a', manifest: { ...base, ...manifest } as never }];
  const input = tenant('acme', planWith({ environments: { max: 2 }, workloads }), ['main', 'dev']);
  const kind = 'kind' in manifest ? manifest.kind : base.kind;
  return renderTenant({ ...input, ...change }).filter((object) => object.kind === kind);
}

describe('a plan’s workload', () => {
  test('is rendered for each environment, with every variable substituted', () => {
    const data = {
      all: '${tenant.slug} ${tenant.id} ${tenant.displayName} ${environment.name} ${environment.namespace} ${plan.id}',
      none: 'a $ {b} $${tenant.slug}',
    };
    const [dev, main] = rendered({
      metadata: { name: '${tenant.slug}-a', labels: { for: '${environment.name}' } },
      data,
    }).toSorted((a, b) => ((a.metadata.namespace ?? '') < (b.metadata.namespace ?? '') ? 1 : -1));
    expect(main).toEqual({
      ...base,
      metadata: {
        name: 'acme-a',
        namespace: 'tn-acme',
        labels: {
          for: 'main',
          'app.kubernetes.io/managed-by': 'bulkhead',
          'bulkhead.io/tenant-id': 'tenant_01acme',
          'bulkhead.io/environment': 'main',
        },
      },
      data: { all: 'acme tenant_01acme The acme company main tn-acme some-plan', none: 'a $ {b} $acme' },
    });
    expect(dev?.metadata).toMatchObject({ name: 'acme-a', namespace: 'tn-acme-dev', labels: { for: 'dev' } });
  });

  test('substitutes values verbatim: they are neither substituted again nor interpreted', () => {
    const displayName = '$& $1 $\' ${tenant.id} "quoted"';
    const [object] = rendered({ metadata: { name: 'a' }, data: { name: '[${tenant.displayName}]' } }, { displayName });
    expect(object?.['data']).toEqual({ name: `[${displayName}]` });
  });

  test('can contain the text of a reference that is none of its variables', () => {
    const data = { shell: 'cd $${HOME} && echo $${A:-b} $$(C) $${tenant.slug} ${tenant.slug}' };
    const [object] = rendered({ metadata: { name: 'a' }, data });
    expect(object?.['data']).toEqual({ shell: 'cd ${HOME} && echo ${A:-b} $$(C) $acme acme' });
  });

  test('cannot claim to belong to another tenant', () => {
    const labels = { 'bulkhead.io/tenant-id': 'tenant_01other', 'app.kubernetes.io/managed-by': 'helm' };
    expect(rendered({ metadata: { name: 'a', labels } })[0]?.metadata.labels).toMatchObject({
      'bulkhead.io/tenant-id': 'tenant_01acme',
      'app.kubernetes.io/managed-by': 'bulkhead',
    });
  });

  test('adds no label to pods, and is rendered without a status and without null fields', () => {
    const template = { metadata: { labels: { app: 'a' }, creationTimestamp: null }, spec: { containers: [null] } };
    const spec = { selector: { matchLabels: { app: 'a' } }, template };
    const [object] = rendered({ apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'a' }, spec, status: {} });
    expect(object).not.toHaveProperty('status');
    expect(object?.['spec']).toEqual({ ...spec, template: { ...template, metadata: { labels: { app: 'a' } } } });
  });

  test('comes after everything that restricts it', () => {
    const spec = planWith({ workloads: [{ name: 'a', manifest: { ...base, metadata: { name: 'a' } } }] });
    expect(renderTenant(tenant('acme', spec)).at(-1)?.kind).toBe('ConfigMap');
  });
});

test('plans can contain exactly the kinds that are applied as the deployer', () => {
  const kinds = managedResources.filter(({ appliedAs }) => appliedAs === 'deployer');
  const workloads = kinds.map(({ apiVersion, kind }) => ({
    name: kind.toLowerCase(),
    manifest: { apiVersion, kind, metadata: { name: 'a' } },
  }));
  const quota = { cpu: '1', memory: '1Gi' };
  expect(planSpecSchema.safeParse({ quota, workloads }).error).toBeUndefined();
  for (const { apiVersion, kind, appliedAs } of managedResources) {
    const manifest = { apiVersion, kind, metadata: { name: 'a' } };
    const { success } = planSpecSchema.safeParse({ quota, workloads: [{ name: 'a', manifest }] });
    expect(success, kind).toBe(appliedAs === 'deployer');
  }
});
