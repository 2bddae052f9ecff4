import { type RouteRule, routeRuleSchema, type TenantRoute } from '#plans';
import { type KubernetesObject, missingCapabilityFor, renderTenant, type TenantInput } from '#isolation';
import { describe, expect, test } from 'vitest';

import { builtInPlan, cluster, planWith, tenant } from './tenants.js';

type Json = Record<string, unknown>;

const GROUP = 'gateway.networking.k8s.io';
const gateway = { group: GROUP, kind: 'Gateway', namespace: 'ingress', name: 'shared' };
const capable = {
  ...cluster,
  knowsGatewayApi: true,
  knowsListenerSets: true,
  retriesRoutes: true,
  sharedGateway: { namespace: 'ingress', name: 'shared' },
};
const rule = (more: object = {}): RouteRule =>
  routeRuleSchema.parse({ backends: [{ service: 'web', port: 80 }], ...more });
const route = (more: Partial<TenantRoute> = {}): TenantRoute => ({
  name: 'shop',
  environment: 'main',
  hosts: ['shop.acme.example'],
  rules: [rule()],
  tlsSecret: null,
  ...more,
});

function withRoutes(routes: TenantRoute[], more: Partial<TenantInput> = {}): TenantInput {
  const acme = tenant('acme', builtInPlan('team'), ['main', 'staging']);
  return { ...acme, cluster: capable, hosts: ['acme.example'], routes, ...more };
}
const rendered = (input: TenantInput): KubernetesObject[] =>
  renderTenant(input).filter(({ apiVersion }) => apiVersion.startsWith(GROUP));
const spec = (object: KubernetesObject | undefined): Json => (object?.['spec'] ?? {}) as Json;
const ruleOf = (object: KubernetesObject | undefined): Json => (spec(object)['rules'] as Json[])[0] ?? {};

describe('a route', () => {
  test('becomes an HTTPRoute of the shared Gateway, with all defaults of the API server', () => {
    const [object, ...others] = rendered(withRoutes([route()]));
    expect(others).toEqual([]);
    expect(object).toEqual({
      apiVersion: `${GROUP}/v1`,
      kind: 'HTTPRoute',
      metadata: {
        name: 'tenant-shop',
        namespace: 'tn-acme',
        labels: {
          'app.kubernetes.io/managed-by': 'bulkhead',
          'bulkhead.io/environment': 'main',
          'bulkhead.io/tenant-id': 'tenant_01acme',
        },
      },
      spec: {
        parentRefs: [gateway],
        hostnames: ['shop.acme.example'],
        rules: [
          {
            matches: [{ path: { type: 'PathPrefix', value: '/' } }],
            backendRefs: [{ group: '', kind: 'Service', name: 'web', port: 80, weight: 100 }],
            timeouts: { request: '15s' },
          },
        ],
      },
    });
  });

  test('matches by path, header and method, splits by weight, and has its own timeouts and retries', () => {
    const canary = rule({
      matches: [
        { path: { type: 'Exact', value: '/buy' }, headers: [{ name: 'x-canary', value: 'yes' }], method: 'POST' },
      ],
      backends: [
        { service: 'web', port: 80, weight: 90 },
        { service: 'web-v2', port: 8080, weight: 10 },
      ],
      timeouts: { request: '10s', backendRequest: '2s' },
      retries: { attempts: 2, backoff: '100ms' },
    });
    expect(ruleOf(rendered(withRoutes([route({ rules: [canary] })]))[0])).toEqual({
      matches: [
        {
          path: { type: 'Exact', value: '/buy' },
          headers: [{ type: 'Exact', name: 'x-canary', value: 'yes' }],
          method: 'POST',
        },
      ],
      backendRefs: [
        { group: '', kind: 'Service', name: 'web', port: 80, weight: 90 },
        { group: '', kind: 'Service', name: 'web-v2', port: 8080, weight: 10 },
      ],
      timeouts: { request: '10s', backendRequest: '2s' },
      retry: { attempts: 2, codes: [502, 503, 504], backoff: '100ms' },
    });
  });

  test('with its own certificate attaches to a ListenerSet that accepts only routes of its namespace', () => {
    const routes = [
      route({ hosts: ['b.acme.example', 'a.acme.example'], tlsSecret: 'cert' }),
      route({ name: 'api', hosts: ['a.acme.example'], tlsSecret: 'cert' }),
      route({ name: 'plain' }),
    ];
    const [listeners, api, plain, shop] = rendered(withRoutes(routes));
    expect(listeners).toMatchObject({
      kind: 'ListenerSet',
      metadata: { name: 'tenant-listeners', namespace: 'tn-acme' },
    });
    expect(spec(listeners)).toEqual({
      parentRef: gateway,
      listeners: ['a.acme.example', 'b.acme.example'].map((host) => ({
        name: host,
        hostname: host,
        port: 443,
        protocol: 'HTTPS',
        tls: { mode: 'Terminate', certificateRefs: [{ group: '', kind: 'Secret', name: 'cert' }] },
        allowedRoutes: {
          namespaces: { from: 'Same' },
          kinds: [
            { group: GROUP, kind: 'HTTPRoute' },
            { group: GROUP, kind: 'GRPCRoute' },
          ],
        },
      })),
    });
    const own = { group: GROUP, kind: 'ListenerSet', name: 'tenant-listeners' };
    expect([api, plain, shop].map((object) => spec(object)['parentRefs'])).toEqual([[own], [gateway], [own]]);
  });

  test('is rendered only in its environment', () => {
    const [object] = rendered(withRoutes([route({ environment: 'staging' })]));
    expect(object?.metadata.namespace).toBe('tn-acme-staging');
  });

  test('complies with a plan that has become stricter', () => {
    const long = rule({
      timeouts: { request: '60s', backendRequest: '30s' },
      retries: { attempts: 3 },
    });
    const narrow = (routing: object): Json => {
      const narrower = planWith({ network: { ingressGateway: true }, routing });
      const input = withRoutes([route({ rules: [long] })]);
      return ruleOf(rendered({ ...input, plan: { ...input.plan, spec: narrower } })[0]);
    };
    const times = { defaultTimeout: '5s', maxTimeout: '20s' };
    expect(narrow({ ...times, maxRetries: 1 })).toMatchObject({
      timeouts: { request: '20s', backendRequest: '20s' },
      retry: { attempts: 1 },
    });
    expect(narrow({ ...times, maxRetries: 0 })).not.toHaveProperty('retry');
  });
});

describe('nothing is rendered', () => {
  test('for hosts that no longer belong to the tenant', () => {
    const hosts = ['shop.acme.example', 'evilacme.example', 'bank.example'];
    const [object] = rendered(withRoutes([route({ hosts })]));
    expect(spec(object)['hostnames']).toEqual(['shop.acme.example']);
    expect(rendered(withRoutes([route({ hosts })], { hosts: [] }))).toEqual([]);
  });

  test.for([
    { suspended: true, quarantined: false },
    { suspended: false, quarantined: true },
  ])('while the tenant is cut off: %o', (restriction) => {
    expect(rendered(withRoutes([route({ tlsSecret: 'cert' })], { restriction }))).toEqual([]);
  });

  test('if the plan has no ingress gateway', () => {
    const input = withRoutes([route()]);
    expect(rendered({ ...input, plan: { ...input.plan, spec: planWith() } })).toEqual([]);
  });

  test.for([
    ['gateway-api', { knowsGatewayApi: false }, {}],
    ['shared-gateway', { sharedGateway: null }, {}],
    ['ingress-gateway', { gateway: null }, {}],
    ['listener-sets', { knowsListenerSets: false }, { tlsSecret: 'cert' }],
    ['http-route-retries', { retriesRoutes: false }, { rules: [rule({ retries: { attempts: 1 } })] }],
  ] as const)('for a route that needs a capability that the cluster lacks: %s', ([capability, facts, more]) => {
    const incapable = { ...capable, ...facts };
    const asking = route(more);
    expect(missingCapabilityFor(asking, capable)).toBeNull();
    expect(missingCapabilityFor(asking, incapable)).toMatchObject({ capability });
    expect(rendered(withRoutes([asking], { cluster: incapable }))).toEqual([]);
  });
});

describe('a rule', () => {
  const refused = (more: object): string => JSON.stringify(routeRuleSchema.safeParse({ backends: [], ...more }).error);
  const web = { service: 'web', port: 80 };

  test.for([
    [
      'weights that do not add up to 100',
      {
        backends: [
          { ...web, weight: 60 },
          { ...web, port: 81, weight: 50 },
        ],
      },
      '110',
    ],
    [
      'a repeated backend',
      {
        backends: [
          { ...web, weight: 50 },
          { ...web, weight: 50 },
        ],
      },
      'listed twice',
    ],
    ['a backend in another namespace', { backends: [{ ...web, namespace: 'tn-other' }] }, 'namespace'],
    ['a backend by a longer name', { backends: [{ service: 'web.tn-other', port: 80 }] }, 'inner hyphens are allowed'],
    ['a timeout of zero', { backends: [web], timeouts: { request: '0s' } }, 'above zero'],
    [
      'a path with ".."',
      { backends: [web], matches: [{ path: { value: '/a/../b' } }] },
      'Must not contain empty segments',
    ],
    ['a path with an escaped slash', { backends: [web], matches: [{ path: { value: '/a%2Fb' } }] }, 'escaped slashes'],
    ['a relative path', { backends: [web], matches: [{ path: { value: 'a' } }] }, 'absolute path'],
    [
      'a repeated header',
      {
        backends: [web],
        matches: [
          {
            headers: [
              { name: 'A', value: '1' },
              { name: 'a', value: '2' },
            ],
          },
        ],
      },
      'listed twice',
    ],
    ['a retry of successful requests', { backends: [web], retries: { attempts: 1, codes: [200] } }, '400'],
  ] as const)('is rejected with %s', ([, more, message]) => {
    expect(refused(more)).toContain(message);
    expect(routeRuleSchema.safeParse({ backends: [web] }).success).toBe(true);
  });
});
