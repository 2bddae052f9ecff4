import { renderClusterRoles, renderTenant, type TenantInput } from '#isolation';
import { expect, test } from 'vitest';

import { planWith, tenant } from './tenants.js';

const httpRoutes = 'httproutes.gateway.networking.k8s.io';
const grpcRoutes = 'grpcroutes.gateway.networking.k8s.io';

test('every kind that a member of a tenant can create is counted', () => {
  const acme = tenant('acme', planWith({}), ['main']);
  const cluster = { ...acme.cluster, knowsGatewayApi: true, countedRoutes: [httpRoutes, grpcRoutes] };
  const counted = renderTenant({ ...acme, cluster })
    .filter(({ kind }) => kind === 'ResourceQuota')
    .flatMap((quota) => Object.keys((quota['spec'] as { hard: object }).hard));
  const rules = renderClusterRoles().flatMap(
    (role) => role['rules'] as { apiGroups: string[]; resources: string[]; verbs: string[] }[],
  );
  const creatable = rules
    .filter(({ verbs }) => verbs.includes('create'))
    .flatMap(({ apiGroups, resources }) => apiGroups.flatMap((group) => resources.map((name) => ({ group, name }))))
    // Subresources of existing objects, such as `pods/exec`, are not stored.
    .filter(({ name }) => !name.includes('/'));
  expect(creatable.length).toBeGreaterThan(20);
  for (const { group, name } of creatable) {
    const keys = group === '' ? [name, `count/${name}`] : [`count/${name}.${group}`];
    expect(
      keys.some((key) => counted.includes(key)),
      `${name}.${group}`,
    ).toBe(true);
  }
});

test('counts routes if the cluster can, with room for those of the API', () => {
  const plan = planWith({
    environments: { max: 2 },
    quota: { cpu: '10', memory: '10Gi', httpRoutes: 5, grpcRoutes: 3 },
    network: { ingressGateway: true },
  });
  const acme = { ...tenant('acme', plan, ['main', 'dev']), hosts: ['acme.example'] };
  const rules = [{ matches: [], backends: [], timeouts: { request: null, backendRequest: null }, retries: null }];
  const route = { name: 'shop', environment: 'main', hosts: ['acme.example'], tlsSecret: null, rules };
  const counted = (input: TenantInput): unknown[] =>
    renderTenant(input)
      .filter(({ metadata }) => metadata.name === 'tenant-quota-access')
      .map((quota) => (quota['spec'] as { hard: Record<string, string> }).hard)
      .map((hard) => [hard[`count/${httpRoutes}`], hard[`count/${grpcRoutes}`]]);
  const gateway = { namespace: 'ingress', name: 'shared' };
  const uncounting = { ...acme.cluster, knowsGatewayApi: true, sharedGateway: gateway };
  const cluster = { ...uncounting, countedRoutes: [httpRoutes, grpcRoutes] };
  const none = [undefined, undefined];
  expect(counted({ ...acme, cluster: uncounting, routes: [route] })).toEqual([none, none]);
  const one = { ...uncounting, countedRoutes: [httpRoutes] };
  expect(counted({ ...acme, cluster: one })).toEqual([
    ['3', undefined],
    ['2', undefined],
  ]);
  expect(counted({ ...acme, cluster })).toEqual([
    ['3', '2'],
    ['2', '1'],
  ]);
  // In quarantine the room stays: nobody can use it, and no write is needed before the tenant is cut off.
  const restriction = { suspended: false, quarantined: true };
  for (const more of [{}, { restriction }]) {
    expect(counted({ ...acme, ...more, cluster, routes: [route] })).toEqual([
      ['4', '2'],
      ['2', '1'],
    ]);
  }
});
