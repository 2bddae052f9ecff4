import { type KubernetesObject, renderTenant, type Restriction, type TenantInput } from '#isolation';
import { builtInPlans } from '#plans';
import { describe, expect, test } from 'vitest';

import { builtInPlan, tenant } from './tenants.js';

const suspended: Restriction = { suspended: true, quarantined: false };
const quarantined: Restriction = { suspended: false, quarantined: true };
const both: Restriction = { suspended: true, quarantined: true };

function nameOf({ kind, metadata }: KubernetesObject): string {
  return [kind, metadata.namespace, metadata.name].filter(Boolean).join('/');
}

/** `spec.hard.pods` of the main quota of every environment. */
function pods(objects: readonly KubernetesObject[]): unknown[] {
  return objects
    .filter(({ metadata }) => metadata.name === 'tenant-quota')
    .map((quota) => (quota as unknown as { spec: { hard: Record<string, string> } }).spec.hard['pods']);
}

describe.for(builtInPlans.map(({ id }) => id))('a restricted tenant on the plan "%s"', (plan) => {
  const open: TenantInput = tenant('acme', builtInPlan(plan), ['main', 'dev']);
  const all = renderTenant(open);

  test.for([
    ['suspended', suspended],
    ['quarantined', quarantined],
    ['both', both],
  ] as const)('has no object that allows traffic or grants access when it is %s', ([, restriction]) => {
    const objects = renderTenant({ ...open, restriction });
    const policies = objects.filter(({ kind }) => kind === 'NetworkPolicy');
    expect(policies.map(nameOf)).toEqual([
      'NetworkPolicy/tn-acme/tenant-default-deny',
      'NetworkPolicy/tn-acme-dev/tenant-default-deny',
    ]);
    for (const { spec } of policies as unknown as { spec: object }[]) {
      expect(spec).toEqual({ podSelector: {}, policyTypes: ['Ingress', 'Egress'] });
    }
    expect(objects.filter(({ kind }) => kind === 'RoleBinding')).toEqual([]);
  });

  test('keeps everything that restricts, and gets nothing new', () => {
    const before = new Set(all.map(nameOf));
    for (const restriction of [suspended, quarantined, both]) {
      const names = new Set(renderTenant({ ...open, restriction }).map(nameOf));
      expect([...names].filter((name) => !before.has(name))).toEqual([]);
      const lost = [...before].filter((name) => !names.has(name)).map((name) => name.split('/')[0]);
      const mayLose = restriction.quarantined
        ? ['NetworkPolicy', 'RoleBinding', 'ServiceAccount']
        : ['NetworkPolicy', 'RoleBinding'];
      expect([...new Set(lost)].sort()).toEqual(mayLose);
    }
  });

  test('cannot start pods when it is suspended, and can in quarantine', () => {
    expect(pods(renderTenant({ ...open, restriction: suspended }))).toEqual(['0', '0']);
    expect(pods(renderTenant({ ...open, restriction: both }))).toEqual(['0', '0']);
    expect(pods(renderTenant({ ...open, restriction: quarantined }))).toEqual(pods(all));
  });

  test('loses its deployer, and with it the deployer’s tokens, only in quarantine', () => {
    const accounts = (restriction: Restriction): string[] =>
      renderTenant({ ...open, restriction })
        .filter(({ kind }) => kind === 'ServiceAccount')
        .map(({ metadata }) => metadata.name);
    expect(accounts(suspended)).toEqual(['default', 'deployer', 'default', 'deployer']);
    expect(accounts(quarantined)).toEqual(['default', 'default']);
  });

  test('is as before once nothing restricts it', () => {
    expect(renderTenant({ ...open, restriction: { suspended: false, quarantined: false } })).toEqual(all);
  });
});
