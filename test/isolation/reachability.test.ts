import { type Endpoint, judge, type KubernetesObject, Policies, type Port, renderTenant } from '#isolation';
import { describe, expect, test } from 'vitest';

import { builtInPlan, planWith, tenant } from './tenants.js';

const https = { protocol: 'TCP', port: 443 } as const;
const http = { protocol: 'TCP', port: 80 } as const;
const dns = { protocol: 'UDP', port: 53 } as const;

function podIn(namespace: string, labels: Record<string, string> = {}): Endpoint {
  return { kind: 'pod', name: namespace, namespace, labels, addresses: ['10.244.3.4'] };
}

const outside = (address: string): Endpoint => ({ kind: 'address', name: address, address });

/** Reports whether a connection is allowed, under every reading of address blocks. */
function isReachable(objects: readonly KubernetesObject[], from: Endpoint, to: Endpoint, port: Port): boolean {
  const { allowed, readingsDiffer } = judge(Policies.read(objects), from, to, port);
  expect(readingsDiffer).toBe(false);
  return allowed;
}

describe('tenants', () => {
  const spec = builtInPlan('team');
  const objects = [...renderTenant(tenant('acme', spec, ['main', 'dev'])), ...renderTenant(tenant('acme-evil', spec))];
  const main = podIn('tn-acme');
  const dev = podIn('tn-acme-dev');
  const evil = podIn('tn-acme-evil');
  const unmanaged = podIn('default');

  test('reach themselves, and their own environments in both directions', () => {
    expect(isReachable(objects, main, podIn('tn-acme'), http)).toBe(true);
    expect(isReachable(objects, main, dev, http)).toBe(true);
    expect(isReachable(objects, dev, main, http)).toBe(true);
  });

  test('do not reach each other in either direction', () => {
    for (const port of [http, https, dns]) {
      expect(isReachable(objects, main, evil, port)).toBe(false);
      expect(isReachable(objects, evil, main, port)).toBe(false);
    }
  });

  test('are not reached by pods without policies', () => {
    expect(isReachable(objects, unmanaged, main, http)).toBe(false);
    expect(isReachable(objects, main, unmanaged, http)).toBe(false);
  });

  test('are not fooled by a pod with the labels of the platform', () => {
    const pretender = podIn('tn-acme-evil', { 'k8s-app': 'kube-dns', app: 'gateway' });
    expect(isReachable(objects, main, pretender, dns)).toBe(false);
    expect(isReachable(objects, pretender, podIn('tn-acme', { 'bulkhead.io/exposed': 'true' }), http)).toBe(false);
  });
});

describe('the platform', () => {
  const plan = planWith({ network: { ingressGateway: true, kubeApi: true } });
  const objects = renderTenant(tenant('acme', plan));
  const main = podIn('tn-acme');
  const exposed = podIn('tn-acme', { 'bulkhead.io/exposed': 'true' });
  const client = podIn('tn-acme', { 'bulkhead.io/kube-api': 'true' });
  const apiServer = outside('198.51.100.7');

  test('resolves names for tenants, only on port 53 and only by its DNS pods', () => {
    const resolver = podIn('kube-system', { 'k8s-app': 'kube-dns' });
    expect(isReachable(objects, main, resolver, dns)).toBe(true);
    expect(isReachable(objects, main, resolver, { protocol: 'TCP', port: 53 })).toBe(true);
    expect(isReachable(objects, main, resolver, http)).toBe(false);
    expect(isReachable(objects, main, podIn('kube-system'), dns)).toBe(false);
    for (const ip of ['10.96.0.10', 'fd00:10:96::a', '169.254.20.10']) {
      expect(isReachable(objects, main, outside(ip), dns)).toBe(true);
      expect(isReachable(objects, main, outside(ip), http)).toBe(false);
    }
  });

  test('reaches exposed pods through its gateway', () => {
    const gateway = podIn('ingress', { app: 'gateway' });
    expect(isReachable(objects, gateway, exposed, http)).toBe(true);
    expect(isReachable(objects, gateway, main, http)).toBe(false);
    expect(isReachable(objects, podIn('ingress'), exposed, http)).toBe(false);
  });

  test('reads metrics on the metrics ports', () => {
    const collector = podIn('monitoring', { app: 'prometheus' });
    expect(isReachable(objects, collector, main, { protocol: 'TCP', port: 9090 })).toBe(true);
    expect(isReachable(objects, collector, main, http)).toBe(false);
  });

  test('allows pods labelled for it to reach the Kubernetes API', () => {
    const api = { protocol: 'TCP', port: 6443 } as const;
    expect(isReachable(objects, client, apiServer, api)).toBe(true);
    expect(isReachable(objects, client, apiServer, https)).toBe(false);
    expect(isReachable(objects, main, apiServer, api)).toBe(false);
  });
});

describe('the internet', () => {
  const rows = [
    { egress: 'none', https: false, http: false },
    { egress: 'https', https: true, http: false },
    { egress: 'any', https: true, http: true },
  ] as const;

  test.each(rows)('with egress $egress', ({ egress, ...expected }) => {
    const objects = renderTenant(tenant('acme', planWith({ network: { internetEgress: egress } })));
    const main = podIn('tn-acme');
    for (const ip of ['93.184.215.14', '2606:2800:21f::1']) {
      expect(isReachable(objects, main, outside(ip), https)).toBe(expected.https);
      expect(isReachable(objects, main, outside(ip), http)).toBe(expected.http);
    }
  });

  test.each([
    '169.254.169.254',
    '169.254.170.2',
    'fd00:ec2::254',
    '168.63.129.16',
    '100.100.100.200',
    '192.0.0.192',
    '10.1.2.3',
    '172.16.0.1',
    '192.168.1.1',
    '100.64.0.1',
    '127.0.0.1',
    'fe80::1',
    'fd99::1',
    '::1',
    '224.0.0.1',
    '10.244.9.9',
    '10.96.0.1',
    '192.0.2.9',
    '198.51.100.6',
    'fd00:10:244::9',
    '203.0.113.9',
  ])('does not include %s', (ip) => {
    const network = { internetEgress: 'any' as const, denyCidrs: ['203.0.113.0/24'] };
    const objects = renderTenant(tenant('acme', planWith({ network })));
    expect(isReachable(objects, podIn('tn-acme'), outside(ip), https)).toBe(false);
  });
});

describe('allowed ranges', () => {
  const network = { allowCidrs: ['10.0.0.0/8', '192.0.2.0/25', '203.0.113.0/24'], denyCidrs: ['203.0.113.128/25'] };
  const objects = renderTenant(tenant('acme', planWith({ network })));
  const main = podIn('tn-acme');

  test.each([
    ['10.0.0.0', true],
    ['10.255.255.255', true],
    ['11.0.0.0', false],
    ['203.0.113.127', true],
    ['203.0.113.128', false],
    ['203.0.114.0', false],
    // Pods, services and nodes stay closed although the plan's ranges contain them.
    ['10.244.0.1', false],
    ['10.96.0.1', false],
    ['192.0.2.1', false],
  ])('allow traffic to %s: %s', (ip, expected) => {
    expect(isReachable(objects, main, outside(ip), { protocol: 'TCP', port: 5432 })).toBe(expected);
  });
});
