import { mkdtempSync, readFileSync } from 'node:fs';
import path from 'node:path';

import { environmentSchema, secretVariables } from '#config';
import { type V1PodSpec, type V1PodTemplateSpec } from '@kubernetes/client-node';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { parseAllDocuments } from 'yaml';

import { newSigningKey } from '../../dev/signing-key.mjs';
import { ApiClient } from '../support/api-client.js';
import { newSlug } from '../support/bulkhead.js';
import { Cluster } from '../support/cluster.js';
import { createDatabase, type Database } from '../support/database.js';
import {
  containersOf,
  type Contents,
  environmentIn,
  Helm,
  type Manifest,
  podTemplateOf,
  tryApply,
} from '../support/helm.js';
import { maximal, minimal, remote } from '../support/helm-values.js';
import { eventually } from '../support/eventually.js';
import { freePort, type Program, runProgram, startProgram } from '../support/program.js';

const inAnother = { ...minimal, ...remote };
const releases: [string, object][] = [
  ['minimal values', minimal],
  ['all values', maximal],
  ['values for a worker of another cluster', inAnother],
];

let helm: Helm;
const cluster = new Cluster();
beforeAll(async () => {
  helm = await Helm.start();
}, 1_800_000);

describe.each(releases)('a release with %s', (_, values) => {
  let objects: Manifest[];
  let templates: V1PodTemplateSpec[];
  beforeAll(async () => {
    objects = await helm.template(values);
    templates = objects.map(podTemplateOf).filter((template) => template !== undefined);
  });

  test('passes helm lint', async () => {
    expect(await helm.lint(values)).toContain('1 chart(s) linted, 0 chart(s) failed');
  });

  test('is accepted by the API server with strict field validation', async () => {
    expect(objects.map(({ kind }) => kind)).toEqual(expect.arrayContaining(['Deployment', 'Job', 'Service']));
    for (const object of objects) {
      const { status, body } = await tryApply(inject('adminKubeconfig'), object);
      expect([200, 201], JSON.stringify(body)).toContain(status);
    }
    const deployment = objects.find(({ kind }) => kind === 'Deployment') as Manifest & { spec: object };
    const wrong = { ...deployment, spec: { ...deployment.spec, replica: 1 } };
    expect(JSON.stringify(await tryApply(inject('adminKubeconfig'), wrong))).toContain('field not declared in schema');
  });

  test('runs pods that comply with the Pod Security Standard "restricted"', async () => {
    const name = newSlug('helm');
    const labels = { 'pod-security.kubernetes.io/enforce': 'restricted' };
    await cluster.core.createNamespace({ body: { metadata: { name, labels } } });
    const attempt = (spec: object): Promise<unknown> => {
      // The ServiceAccount does not exist here and is irrelevant to this test.
      const body = { metadata: { name: 'pod' }, spec: { ...spec, serviceAccountName: 'default' } as V1PodSpec };
      return cluster.core.createNamespacedPod({ namespace: name, body, dryRun: 'All' });
    };
    await eventually('the namespace has its account', async () =>
      (await cluster.core.listNamespacedServiceAccount({ namespace: name })).items.some(
        ({ metadata }) => metadata?.name === 'default',
      ),
    );
    try {
      expect(templates).toHaveLength(3);
      for (const template of templates) {
        const spec: object = template.spec ?? {};
        await attempt(spec);
        await expect(attempt({ ...spec, securityContext: {} })).rejects.toThrow(/violates PodSecurity/);
      }
    } finally {
      await cluster.core.deleteNamespace({ name });
    }
  });

  test('sets only variables that its processes know, and no secret', () => {
    const known = new Set([...Object.keys(environmentSchema.shape), ...secretVariables.map((name) => `${name}_FILE`)]);
    const variables = templates.flatMap(containersOf).flatMap(({ env = [] }) => env);
    expect(variables.length).toBeGreaterThan(10);
    for (const { name, valueFrom } of variables) {
      expect(known.has(name), name).toBe(true);
      expect(secretVariables as readonly string[]).not.toContain(name);
      expect(valueFrom, name).toBeUndefined();
    }
  });

  test('mounts a token of the cluster only into a worker in that cluster', () => {
    const withToken = objects.filter((object) => podTemplateOf(object)?.spec?.automountServiceAccountToken !== false);
    const names = withToken
      .filter((object) => podTemplateOf(object) !== undefined)
      .map(({ metadata }) => metadata.name);
    expect(names).toEqual(values === inAnother ? [] : ['bulkhead-worker']);
  });
});

test('the worker has the rights of deploy/worker-rbac.yaml, and the shares of deploy/flow-control.yaml', async () => {
  const inFiles = ['worker-rbac', 'flow-control'].flatMap((name) => {
    const file = readFileSync(path.resolve(import.meta.dirname, `../../deploy/${name}.yaml`), 'utf8');
    return parseAllDocuments(file, { merge: true }).map((document) => document.toJS() as Manifest);
  });
  const objects = await helm.template(minimal);
  expect(inFiles.filter(({ kind }) => kind === 'FlowSchema')).toHaveLength(2);
  expect(inFiles.length).toBeGreaterThan(14);
  for (const object of inFiles) {
    const same = { kind: object.kind, metadata: expect.objectContaining({ name: object.metadata.name }) as object };
    if (object.kind === 'Namespace') expect(objects).not.toContainEqual(expect.objectContaining(same));
    else expect(objects).toContainEqual(object);
  }
  const elsewhere = await helm.template(inAnother, 'anywhere');
  expect(
    elsewhere.filter(({ kind }) => /Role|Policy|Flow|Priority/.test(kind)).map(({ metadata }) => metadata.name),
  ).toEqual(['bulkhead-deny', 'bulkhead-api']);
});

test.each<[string, object, RegExp, string?]>([
  ['no image', { ...minimal, image: {} }, /image\/repository|image\.repository|repository/],
  ['no database', { ...minimal, database: {} }, /database/],
  ['an unknown value', { ...minimal, workers: {} }, /workers/],
  ['a password', { ...minimal, database: { ...minimal.database, password: 'secret' } }, /password/],
  ['an unknown driver', { ...minimal, queue: { driver: 'kafka' } }, /queue.*driver/s],
  ['Redis without a URL', { ...minimal, queue: { driver: 'redis' } }, /queue\.redisSecret\.name: required/],
  ['an Ingress without a host', { ...minimal, ingress: { enabled: true } }, /ingress\.host: required/],
  [
    'a token that would be sent in the clear',
    { ...minimal, api: { prometheus: { url: 'http://prometheus', tokenSecret: { name: 'token' } } } },
    /api\.prometheus\.url: must be https/,
  ],
  [
    'rights in the wrong cluster',
    { ...minimal, worker: { kubeconfigSecret: { name: 'other' } } },
    /worker\.rbac\.create/,
  ],
  ['a namespace where the worker has no rights', minimal, /namespace elsewhere: .*bulkhead-system/s, 'elsewhere'],
])('values with %s are rejected with the name of the value', async (_, values, message, namespace) => {
  await expect(helm.template(values, namespace)).rejects.toThrow(message);
});

describe('the processes of a release', () => {
  const programs: Program[] = [];
  let database: Database;
  beforeAll(async () => {
    database = await createDatabase(null);
  });
  afterAll(async () => {
    await Promise.all(programs.map((program) => program.stop()));
    await database.drop();
  });

  test('migrate, serve and create a tenant', async () => {
    const values = {
      ...minimal,
      worker: { ...remote.worker, signingKeySecret: { name: 'signing' }, cluster: { podCidrs: ['10.244.0.0/16'] } },
    };
    const objects = await helm.template(values);
    const folder = mkdtempSync(path.join(inject('temporaryFolder'), 'release-'));
    const contents: Contents = {
      db: { DATABASE_URL: database.url },
      kubeconfig: { kubeconfig: readFileSync(inject('workerKubeconfig'), 'utf8') },
      signing: { 'signing-key.pem': newSigningKey() },
      ...Object.fromEntries(
        objects
          .filter(({ kind }) => kind === 'ConfigMap')
          .map((object) => [object.metadata.name, (object as { data?: Record<string, string> }).data ?? {}]),
      ),
    };
    /** Returns the program and environment of a container, adapted to this machine. */
    const processOf = (name: string): { program: string; env: Record<string, string> } => {
      for (const template of objects.map(podTemplateOf).filter((each) => each !== undefined)) {
        const container = containersOf(template).find((each) => each.name === name);
        if (container === undefined || template.spec === undefined) continue;
        const env = environmentIn(folder, template.spec, container, contents);
        return { program: container.command?.at(-1)?.replace(/^dist\//, '') ?? '', env };
      }
      throw new Error(`container ${name} not found`);
    };
    for (const name of ['migrate', 'seed-plans']) {
      const { program, env } = processOf(name);
      const { code, output } = await runProgram(program, [], env);
      expect(code, output).toBe(0);
    }
    const url = `http://127.0.0.1:${await freePort()}`;
    // Settings that are the same in every pod must differ on one machine.
    const here = async (): Promise<Record<string, string>> => ({
      BULKHEAD_HOST: '127.0.0.1',
      BULKHEAD_MONITORING_PORT: String(await freePort()),
      BULKHEAD_POLICY_JUDGE: inject('policyJudge'),
    });
    const api = processOf('api');
    const apiEnv = { ...api.env, ...(await here()), BULKHEAD_PORT: new URL(url).port };
    programs.push(await startProgram(api.program, apiEnv, 'listening on http'));
    const worker = processOf('worker');
    programs.push(await startProgram(worker.program, { ...worker.env, ...(await here()) }, 'worker ready'));
    const args = ['create-api-key', '--name', 'admin', '--role', 'platform-admin'];
    const key = await runProgram('apps/api/src/commands/bulkhead.js', args, api.env);
    const client = new ApiClient(url, key.output.trim());
    const { tenant, operation } = await client.change('POST', '/v1/tenants', { slug: newSlug('helm'), plan: 'free' });
    expect(operation).toMatchObject({ state: 'succeeded' });
    expect((await client.removeTenant(tenant.id)).operation).toMatchObject({ state: 'succeeded' });
    const { jws } = await client.get<{ jws: string | null }>(`/v1/tenants/${tenant.id}/deletion-certificate`);
    expect(jws).not.toBeNull();
  });
});
