import { planSpecSchema } from '#plans';
import { describe, expect, test } from 'vitest';

import { type TenantInput, type TenantMember } from '../model/tenant-input.js';
import { renderRoleBindings } from './role-binding.js';

const environment = { name: 'main', namespace: 'tn-acme' };

/** The subjects of each RoleBinding, by its name. */
function bindings(members: readonly TenantMember[]): Record<string, unknown> {
  const spec = planSpecSchema.parse({ quota: { cpu: '1', memory: '1Gi' } });
  const tenant: TenantInput = {
    id: 'tenant_01',
    slug: 'acme',
    displayName: 'Acme',
    plan: { id: 'free', version: 1, spec },
    environments: [environment],
    members,
    cluster: {
      minorVersion: '1.36',
      dnsServiceIps: [],
      podCidrs: [],
      serviceCidrs: [],
      nodeCidrs: [],
      apiServerEndpoints: { ips: [], port: 443 },
      gateway: null,
      monitoring: null,
    },
  };
  const objects = renderRoleBindings(tenant, environment);
  for (const { metadata, roleRef } of objects) {
    expect(roleRef).toEqual({ apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: metadata.name });
  }
  return Object.fromEntries(objects.map(({ metadata, subjects }) => [metadata.name, subjects]));
}

const deployer = { kind: 'ServiceAccount', name: 'deployer', namespace: 'tn-acme' };
const subject = (kind: string, name: string): object => ({ apiGroup: 'rbac.authorization.k8s.io', kind, name });

describe('role bindings', () => {
  test('exist only for the deployer if a tenant has no members', () => {
    expect(bindings([])).toEqual({ 'bulkhead-tenant-deployer': [deployer] });
  });

  test('merge owners and admins, each subject once and in order', () => {
    expect(
      bindings([
        { kind: 'User', name: 'bob', role: 'tenant-admin' },
        { kind: 'User', name: 'bob', role: 'tenant-owner' },
        { kind: 'User', name: 'ann', role: 'tenant-owner' },
        { kind: 'Group', name: 'ops', role: 'tenant-admin' },
        { kind: 'User', name: 'bob', role: 'tenant-viewer' },
      ]),
    ).toEqual({
      'bulkhead-tenant-admin': [subject('Group', 'ops'), subject('User', 'ann'), subject('User', 'bob')],
      'bulkhead-tenant-viewer': [subject('User', 'bob')],
      'bulkhead-tenant-deployer': [deployer],
    });
  });

  test('name a ServiceAccount in the namespace of each environment', () => {
    expect(bindings([{ kind: 'ServiceAccount', name: 'pipeline', role: 'tenant-developer' }])).toEqual({
      'bulkhead-tenant-developer': [{ kind: 'ServiceAccount', name: 'pipeline', namespace: 'tn-acme' }],
      'bulkhead-tenant-deployer': [deployer],
    });
  });

  test('name a ServiceAccount of the platform in its own namespace, beside one of the tenant’s with its name', () => {
    const account = { kind: 'ServiceAccount', name: 'ci', role: 'tenant-admin' } as const;
    expect(bindings([{ ...account, namespace: 'build' }, account])).toEqual({
      'bulkhead-tenant-admin': [
        { kind: 'ServiceAccount', name: 'ci', namespace: 'build' },
        { kind: 'ServiceAccount', name: 'ci', namespace: 'tn-acme' },
      ],
      'bulkhead-tenant-deployer': [deployer],
    });
  });

  test.each(['system:authenticated', 'system:masters', 'system:serviceaccount:tn-other:deployer'])(
    'are never rendered for %s',
    (name) => {
      expect(() => bindings([{ kind: 'Group', name, role: 'tenant-viewer' }])).toThrow(name);
    },
  );
});
