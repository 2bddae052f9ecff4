import { type KubernetesObject, renderTenant } from '#isolation';
import { expect, test } from 'vitest';

import { builtInPlan, planWith, tenant } from './tenants.js';

const policiesOf = (objects: readonly KubernetesObject[]): KubernetesObject[] =>
  objects.filter(({ kind }) => kind === 'NetworkPolicy');

const specOf = (objects: readonly KubernetesObject[], name: string): unknown =>
  policiesOf(objects).find(({ metadata }) => metadata.name === name)?.['spec'];

test('what every pod may do is in one policy, and what some pods may do is apart from it', () => {
  const network = {
    internetEgress: 'https' as const,
    allowCidrs: ['203.0.113.0/24'],
    ingressGateway: true,
    kubeApi: true,
  };
  const objects = renderTenant(tenant('acme', planWith({ network })));
  expect(policiesOf(objects).map(({ metadata }) => metadata.name)).toEqual([
    'tenant-default-deny',
    'tenant-allow',
    'tenant-allow-ingress-gateway',
    'tenant-allow-kube-api',
  ]);
  const tcp = (port: number): object => ({ protocol: 'TCP', port });
  const own = { namespaceSelector: { matchLabels: { 'bulkhead.io/tenant-id': 'tenant_01acme' } } };
  const pods = (namespace: string, matchLabels: object): object => ({
    namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': namespace } },
    podSelector: { matchLabels },
  });
  const address = (cidr: string): object => ({ ipBlock: { cidr } });
  const addresses = ['10.96.0.10/32', '169.254.20.10/32', 'fd00:10:96::a/128'].map(address);
  const internet = ['0.0.0.0/0', '::/0'].map((cidr) => ({
    ipBlock: { cidr, except: expect.any(Array) as string[] },
  }));
  expect(specOf(objects, 'tenant-allow')).toEqual({
    podSelector: {},
    policyTypes: ['Ingress', 'Egress'],
    ingress: [{ from: [own] }, { from: [pods('monitoring', { app: 'prometheus' })], ports: [tcp(9090), tcp(15_020)] }],
    egress: [
      { to: [own] },
      {
        to: [pods('kube-system', { 'k8s-app': 'kube-dns' }), ...addresses],
        ports: [{ protocol: 'UDP', port: 53 }, tcp(53)],
      },
      { to: internet, ports: [tcp(443)] },
      { to: [address('203.0.113.0/24')] },
    ],
  });
});

test('the plan "regulated" allows listed networks and no internet', () => {
  const objects = renderTenant(tenant('acme', builtInPlan('regulated'), ['main', 'staging']));
  const { egress } = specOf(objects, 'tenant-allow') as { egress: unknown[] };
  expect(egress).toHaveLength(3);
  expect(egress[2]).toEqual({ to: [{ ipBlock: { cidr: '203.0.113.0/24' } }] });
});
