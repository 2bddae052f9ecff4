import { renderTenant, type TenantInput } from '#isolation';
import { expect, test } from 'vitest';

import { planWith, tenant } from './tenants.js';

test('counts routes where they are served, with room for those of the API', () => {
  const plan = planWith({
    environments: { max: 2 },
    quota: { cpu: '10', memory: '10Gi', httpRoutes: 5, grpcRoutes: 3 },
    network: { ingressGateway: true },
  });
  const acme = { ...tenant('acme', plan, ['main', 'dev']), hosts: ['acme.example'] };
  const rules = [{ matches: [], backends: [], timeouts: { request: null, backendRequest: null }, retries: null }];
  const route = { name: 'shop', environment: 'main', hosts: ['acme.example'], tlsSecret: null, rules };
  const [http, grpc] = ['httproutes', 'grpcroutes'].map((kind) => `count/${kind}.gateway.networking.k8s.io`);
  const counted = (input: TenantInput): unknown[] =>
    renderTenant(input)
      .filter(({ metadata }) => metadata.name === 'tenant-quota-access')
      .map((quota) => (quota['spec'] as { hard: Record<string, string> }).hard)
      .map((hard) => [hard[http ?? ''], hard[grpc ?? '']]);
  const gateway = { namespace: 'ingress', name: 'shared' };
  const cluster = { ...acme.cluster, knowsGatewayApi: true, sharedGateway: gateway };
  const none = [undefined, undefined];
  expect(counted({ ...acme, routes: [route] })).toEqual([none, none]);
  expect(counted({ ...acme, cluster })).toEqual([
    ['3', '2'],
    ['2', '1'],
  ]);
  // In quarantine it stays: nobody can use the room, and nothing has to be written before the tenant is cut off.
  const restriction = { suspended: false, quarantined: true };
  for (const more of [{}, { restriction }]) {
    expect(counted({ ...acme, ...more, cluster, routes: [route] })).toEqual([
      ['4', '2'],
      ['2', '1'],
    ]);
  }
});
