import { describe, expect, test } from 'vitest';

import { clusterRoleNames, renderClusterRoles } from './cluster-roles.js';

interface Rule {
  apiGroups: string[];
  resources: string[];
  verbs: string[];
}

/** Returns the rights of a role as "group/resource:verb". */
function rightsOf(name: string): Set<string> {
  const role = renderClusterRoles().find(({ metadata }) => metadata.name === name);
  const rules = (role?.['rules'] ?? []) as Rule[];
  return new Set(
    rules.flatMap(({ apiGroups, resources, verbs }) =>
      apiGroups.flatMap((group) =>
        resources.flatMap((resource) => verbs.map((verb) => `${group}/${resource}:${verb}`)),
      ),
    ),
  );
}

const admin = rightsOf(clusterRoleNames.admin);
const developer = rightsOf(clusterRoleNames.developer);
const viewer = rightsOf(clusterRoleNames.viewer);
const deployer = rightsOf(clusterRoleNames.deployer);

/** Returns the rights of one role that another lacks. */
function missing(of: Set<string>, from: Set<string>): string[] {
  return [...of].filter((right) => !from.has(right));
}

describe('the roles of tenants', () => {
  test('are not aggregated, and differ from those of the cluster by their label', () => {
    for (const role of renderClusterRoles()) {
      expect(Object.keys(role).sort()).toEqual(['apiVersion', 'kind', 'metadata', 'rules']);
      expect(role.metadata.labels).toEqual({ 'app.kubernetes.io/managed-by': 'bulkhead' });
    }
  });

  test('are ordered: an admin has all rights of a developer, and a developer all of a viewer and a deployer', () => {
    expect(missing(developer, admin)).toEqual([]);
    expect(missing(viewer, developer)).toEqual([]);
    // A pod can run as the deployer, so extra rights of the deployer would be available to every developer.
    expect(missing(deployer, developer)).toEqual([]);
  });

  test('contain no wildcard and nothing that reaches beyond the tenant', () => {
    const forbidden = [
      /\*/,
      /:(escalate|bind|impersonate|approve|sign)$/,
      /\/serviceaccounts\/token:/,
      /\/proxy:/,
      /^admissionregistration/,
      /\/nodes/,
      /\/namespaces/,
      /persistentvolumes:/,
      /certificatesigningrequests/,
      /^[^:]*\/(resourcequotas|limitranges|endpoints|endpointslices)[^:]*:(?!get|list|watch)/,
      /\/status:/,
    ];
    for (const right of admin) {
      for (const pattern of forbidden) expect(right).not.toMatch(pattern);
    }
  });

  test('let only administrators write the kinds that admission policies inspect', () => {
    const written = /^[^:]*\/(networkpolicies|roles|rolebindings):(?!get|list|watch)/;
    expect([...developer, ...viewer, ...deployer].filter((right) => written.test(right))).toEqual([]);
    // MTB-PL2-BC-OPS-3 and MTB-PL2-BC-OPS-4
    const verbs = ['get', 'list', 'watch', 'create', 'update', 'patch', 'delete', 'deletecollection'];
    for (const kind of ['networking.k8s.io/networkpolicies', 'rbac.authorization.k8s.io/roles']) {
      expect(verbs.filter((verb) => !admin.has(`${kind}:${verb}`))).toEqual([]);
    }
  });

  test('let everyone read the limits of the tenant', () => {
    const bounds = ['/resourcequotas:list', '/limitranges:list', 'networking.k8s.io/networkpolicies:list'];
    for (const right of bounds) expect(viewer).toContain(right);
  });

  test('keep a viewer from secrets, shells and every change', () => {
    expect([...viewer].filter((right) => !/:(get|list|watch)$/.test(right))).toEqual([]);
    expect([...viewer].filter((right) => /secrets|exec|attach|portforward/.test(right))).toEqual([]);
  });

  test('give developers the rights they need', () => {
    for (const right of ['/pods/log:get', '/pods/exec:create', '/pods/portforward:create', 'apps/deployments:patch']) {
      expect(developer).toContain(right);
    }
    expect(deployer).not.toContain('/pods/exec:create');
  });
});
