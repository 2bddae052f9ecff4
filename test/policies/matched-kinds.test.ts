import { faultOfKind, faultOfResource, faultsOfResources, faultsOfVariables, namespacedKinds } from '#policies';
import { KubeConfig, KubernetesObjectApi } from '@kubernetes/client-node';
import { afterAll, expect, inject, test } from 'vitest';

import { outcome } from '../isolation/escapes/adversary.js';
import { AdminClient } from '../support/admin-client.js';

const client = new AdminClient();
afterAll(() => client.close());

interface ResourceList {
  resources: { name: string; kind: string; namespaced: boolean; verbs: string[] }[];
}

/** Everything that the API server serves in namespaces, with its group. */
async function served(): Promise<{ group: string; name: string; kind: string; verbs: string[] }[]> {
  const groups = await client.get<{ groups: { name: string; versions: { groupVersion: string }[] }[] }>('/apis');
  const paths = (groups?.groups ?? []).flatMap(({ name, versions }) =>
    versions.map(({ groupVersion }) => ({ group: name, path: `/apis/${groupVersion}` })),
  );
  const lists = await Promise.all(
    [{ group: '', path: '/api/v1' }, ...paths].map(async ({ group, path }) =>
      ((await client.get<ResourceList>(path))?.resources ?? [])
        .filter(({ namespaced }) => namespaced)
        .map((resource) => ({ ...resource, group })),
    ),
  );
  return lists.flat();
}

test('the kinds that policies know are those that the API server serves', async () => {
  const all = await served();
  for (const { group, plural, kind } of namespacedKinds) {
    expect(all, `${plural} of ${group}`).toContainEqual(expect.objectContaining({ group, name: plural, kind }));
  }
});

test('nothing that can be created or updated is taken for a name that matches nothing', async () => {
  const writes = { create: 'CREATE', update: 'UPDATE', patch: 'UPDATE' };
  // Connections to pods and services have these verbs, too.
  const isConnection = (name: string): boolean => /\/(attach|exec|portforward|proxy)$/.test(name);
  const written = (await served()).filter(({ name }) => !isConnection(name));
  expect(written.length).toBeGreaterThan(50);
  for (const { group, name, kind, verbs } of written) {
    for (const [verb, operation] of Object.entries(writes)) {
      if (verbs.includes(verb)) expect(faultOfResource(name, [group], [operation]), `${verb} ${name}`).toBeNull();
    }
    if (!name.includes('/')) expect(faultOfKind(kind, [group])).toBeNull();
  }
});

test('what is refused with a request is what the API server refuses later', async () => {
  const config = new KubeConfig();
  config.loadFromFile(inject('adminKubeconfig'));
  const objects = KubernetesObjectApi.makeApiClient(config);
  const operations = ['CREATE', 'UPDATE'];
  const tryPolicy = (rule: { apiGroups: string[]; resources: string[] }, name: string): Promise<string> => {
    const validations = [{ expression: 'true', message: 'No.' }];
    const resourceRules = [{ ...rule, operations, apiVersions: ['*'] }];
    const spec = { matchConstraints: { resourceRules }, variables: [{ name, expression: '1' }], validations };
    const kind = 'ValidatingAdmissionPolicy';
    const policy = { apiVersion: 'admissionregistration.k8s.io/v1', kind, metadata: { name: 'refused' }, spec };
    return outcome(objects.create(policy, undefined, 'All'));
  };
  const rules = [
    { apiGroups: ['*', 'apps'], resources: ['deployments'] },
    { apiGroups: [''], resources: ['*', 'pods'] },
    { apiGroups: [''], resources: ['*/*', 'pods'] },
    { apiGroups: [''], resources: ['pods/*', 'pods/status'] },
    { apiGroups: [''], resources: ['*/status', 'pods/status'] },
    { apiGroups: [''], resources: [''] },
  ];
  for (const rule of rules) {
    expect(await tryPolicy(rule, 'a'), JSON.stringify(rule)).not.toBe('admitted');
    expect(faultsOfResources({ ...rule, operations }), JSON.stringify(rule)).not.toEqual([]);
  }
  const pods = { apiGroups: [''], resources: ['pods', 'pods/status', '*/scale'] };
  expect(await tryPolicy(pods, 'a')).toBe('admitted');
  expect(faultsOfResources({ ...pods, operations })).toEqual([]);
  for (const name of ['as', 'namespace', 'package', 'void', 'in', 'a-b']) {
    expect(await tryPolicy(pods, name), name).not.toBe('admitted');
    expect(faultsOfVariables([{ name }]), name).not.toEqual([]);
  }
});
