import { createPublicKey, type JsonWebKey, verify } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

import pMap from 'p-map';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { newSigningKey } from '../../../dev/signing-key.mjs';
import { type OperationBody } from '../../support/api-client.js';
import { Bulkhead, newSlug } from '../../support/bulkhead.js';
import { Cluster } from '../../support/cluster.js';
import { eventually } from '../../support/eventually.js';
import { type OwnCluster, startOwnCluster } from '../../support/own-cluster.js';
import { runProgram } from '../../support/program.js';

interface Certificate {
  statement: {
    tenant: { id: string; slug: string; externalId: string | null };
    deletion: { requestedBy: string; requestedAt: string; finishedAt: string };
    namespaces: { name: string; uid: string }[];
    removed: { count: number; byKind: Record<string, number>; objects: { uid: string }[]; workloads: string[] };
    sweep: {
      apiServerVersion: string;
      resources: { group: string; version: string; resource: string; found: number }[];
      notLookedAt: { group: string; resource: string; reason: string }[];
    };
  };
  keyId: string;
  jws: string;
}
interface KeySet {
  keys: (JsonWebKey & { kid: string })[];
}

const keysPath = '/.well-known/bulkhead-deletion-keys.json';

describe('a deletion certificate', () => {
  let bulkhead: Bulkhead;
  const cluster = new Cluster();
  const dir = mkdtempSync(path.join(tmpdir(), 'bulkhead-certificate-'));
  const file = (name: string, content: unknown): string => {
    const target = path.join(dir, name);
    writeFileSync(target, typeof content === 'string' ? content : JSON.stringify(content));
    return target;
  };
  const check = (...args: string[]): Promise<{ code: number; output: string }> =>
    runProgram('apps/api/src/commands/bulkhead.js', ['verify-certificate', ...args], {});
  const keySet = (): Promise<KeySet> => bulkhead.api.as(null).get<KeySet>(keysPath);

  beforeAll(async () => {
    bulkhead = await Bulkhead.start();
  });
  afterAll(async () => {
    await bulkhead.stop();
    rmSync(dir, { recursive: true });
  });

  const deleteOne = async (): Promise<{ id: string; slug: string; uid: string }> => {
    const slug = newSlug();
    const { tenant } = await bulkhead.api.change('POST', '/v1/tenants', { slug, plan: 'free', externalId: slug });
    const uid = (await cluster.core.readNamespace({ name: `tn-${slug}` })).metadata?.uid ?? '';
    const { operation } = await bulkhead.api.change('DELETE', `/v1/tenants/${tenant.id}?retention=0`);
    expect(operation).toMatchObject({ kind: 'delete', state: 'succeeded', error: null });
    return { id: tenant.id, slug, uid };
  };
  const certificateOf = (id: string): Promise<Certificate> =>
    bulkhead.api.get<Certificate>(`/v1/tenants/${id}/deletion-certificate`);

  test('lists the removed objects and the searched resources, and can be verified with the published keys', async () => {
    const key = newSigningKey();
    const worker = await bulkhead.startWorker({ BULKHEAD_SIGNING_KEY: key });
    const { id, slug, uid } = await deleteOne();
    const certificate = await certificateOf(id);
    const { statement, jws } = certificate;
    expect(statement).toMatchObject({
      tenant: { id, slug, externalId: slug, plan: { id: 'free' } },
      namespaces: [{ environment: 'main', name: `tn-${slug}`, uid, ownedBySomebodyElse: false }],
      removed: { byKind: { 'v1/Namespace': 1 } },
      sweep: { notLookedAt: [] },
    });
    expect(statement.deletion.requestedBy).toMatch(/^key_/);
    expect(statement.removed.objects.map((object) => object.uid)).toContain(uid);
    expect(statement.removed.count).toBe(statement.removed.objects.length);
    expect(statement.removed.workloads).toContain(`v1/Pod/tn-${slug}/*`);
    expect(statement.sweep.apiServerVersion).toMatch(/^v1\./);
    const searched = statement.sweep.resources.map(({ group, resource }) => `${group}/${resource}`);
    for (const kind of [
      '/secrets',
      '/persistentvolumes',
      'apps/deployments',
      'rbac.authorization.k8s.io/clusterroles',
    ]) {
      expect(searched).toContain(kind);
    }
    expect(statement.sweep.resources.every(({ found }) => found === 0)).toBe(true);

    // Checked by hand, as an auditor without our program would.
    const [header = '', payload = '', signature = ''] = jws.split('.');
    expect(JSON.parse(Buffer.from(payload, 'base64url').toString())).toEqual(statement);
    const jwk = (await keySet()).keys.find(({ kid }) => kid === certificate.keyId);
    const publicKey = createPublicKey({ key: jwk ?? {}, format: 'jwk' });
    const signed = Buffer.from(`${header}.${payload}`);
    expect(verify(null, signed, publicKey, Buffer.from(signature, 'base64url'))).toBe(true);

    const secret = key.split('\n')[1] ?? 'no key';
    expect(worker.output() + bulkhead.apiOutput() + JSON.stringify(await keySet())).not.toContain(secret);
    await worker.stop();

    const keys = file('keys.json', await keySet());
    const whole = await check(file('whole.json', certificate), '--keys', keys);
    expect(whole).toMatchObject({ code: 0, output: expect.stringMatching(`^VALID: the tenant "${slug}"`) as string });
    expect((await check(file('bare.txt', jws), '--keys', bulkhead.url + keysPath)).code).toBe(0);
    const forged = structuredClone(certificate);
    forged.statement.tenant.slug = 'other';
    const other = { keys: (await keySet()).keys.map((each) => ({ ...each, kid: 'other' })) };
    const refused: [string, string[]][] = [
      ['was changed', [file('forged.json', forged), '--keys', keys]],
      ['does not match', [file('cut.txt', `${header}.${payload}.${signature.slice(0, -4)}AAAA`), '--keys', keys]],
      ['not among the trusted keys', [file('whole.json', certificate), '--keys', file('other.json', other)]],
      ['not a deletion certificate', [file('hello.json', '{}'), '--keys', keys]],
      ['cannot be read', [path.join(dir, 'absent'), '--keys', keys]],
      ['usage', [file('whole.json', certificate)]],
    ];
    for (const [why, args] of refused) {
      const { code, output } = await check(...args);
      expect({ code, output }, why).toEqual({
        code: 1,
        output: expect.stringMatching(`^NOT VALID: .*${why}`) as string,
      });
    }
  });

  test('is issued to nobody of whom an object is left, however many are left of others', async () => {
    const worker = await bulkhead.startWorker();
    const tenants = await pMap(Array.from({ length: 20 }), async () => {
      const { tenant } = await bulkhead.api.change('POST', '/v1/tenants', { slug: newSlug('left'), plan: 'free' });
      return tenant.id;
    });
    // More than a page of the first two; in a list of all, the others come behind them.
    const [many, single] = [tenants.slice(0, 2), tenants.slice(2, 18)];
    const leftovers = [
      ...many.flatMap((id) => Array.from({ length: 510 }, () => ({ id, namespace: 'default' }))),
      ...single.map((id) => ({ id, namespace: 'kube-system' })),
    ];
    const names = new Map(tenants.map((id) => [id, newSlug('left')]));
    await pMap(
      leftovers,
      ({ id, namespace }, index) => {
        const labels = { 'bulkhead.io/tenant-id': id };
        const metadata = { name: `${names.get(id) ?? ''}-${index}`, labels };
        return cluster.core.createNamespacedConfigMap({ namespace, body: { metadata } });
      },
      { concurrency: 16 },
    );
    try {
      const locations = await pMap(tenants, async (id) => {
        const answer = await bulkhead.api.send('DELETE', `/v1/tenants/${id}?retention=0`);
        return answer.headers.get('location') ?? '';
      });
      const ask = (location: string) => async (): Promise<string | false> => {
        const { state, error } = await bulkhead.api.get<OperationBody>(location);
        return (state === 'succeeded' && state) || (error?.reason === 'LeftoverObjects' && error.reason);
      };
      const ends: string[] = [];
      for (const location of locations) ends.push(await eventually('the search has ended', ask(location)));
      expect(ends).toEqual(tenants.map((_, index) => (index < 18 ? 'LeftoverObjects' : 'succeeded')));
      const certificates = await pMap(tenants, async (id) => {
        const { status } = await bulkhead.api.send('GET', `/v1/tenants/${id}/deletion-certificate`);
        return status;
      });
      expect(certificates).toEqual(tenants.map((_, index) => (index < 18 ? 404 : 200)));
    } finally {
      await worker.stop();
      const labelSelector = `bulkhead.io/tenant-id in (${tenants.join(',')})`;
      for (const namespace of ['default', 'kube-system']) {
        await cluster.core.deleteCollectionNamespacedConfigMap({ namespace, labelSelector });
      }
    }
  }, 300_000);

  test('is signed once a worker has a key, and survives a change of the key', async () => {
    const worker = await bulkhead.startWorker({ BULKHEAD_SIGNING_KEY: '' });
    const { id } = await deleteOne();
    await worker.stop();
    const answer = await bulkhead.api.send('GET', `/v1/tenants/${id}/deletion-certificate`);
    expect(answer).toMatchObject({ status: 404, body: { code: 'certificate.unavailable' } });
    expect(answer.body['detail']).toContain('BULKHEAD_SIGNING_KEY');

    const earlier = (await keySet()).keys;
    const [first, second] = [newSigningKey(), newSigningKey()];
    await (await bulkhead.startWorker({ BULKHEAD_SIGNING_KEY: first })).stop();
    const certificate = await certificateOf(id);
    await (await bulkhead.startWorker({ BULKHEAD_SIGNING_KEY: second })).stop();
    const { keys } = await keySet();
    expect(keys).toHaveLength(earlier.length + 2);
    expect(certificate.keyId).toBe(keys.at(-2)?.kid);
    expect(await certificateOf(id)).toEqual(certificate);
    expect((await check(file('old.json', certificate), '--keys', file('all.json', { keys }))).code).toBe(0);
  });
});

describe('on a dedicated cluster', () => {
  const dir = mkdtempSync(path.join(tmpdir(), 'bulkhead-dedicated-'));
  const auditLog = path.join(dir, 'audit.log');
  let own: OwnCluster;
  let bulkhead: Bulkhead;
  let cluster: Cluster;

  // Other tests need the sweeper's rights and the controller manager.
  beforeAll(async () => {
    const policy = path.join(dir, 'audit-policy.json');
    const stages = ['RequestReceived', 'ResponseStarted'];
    const user = 'system:serviceaccount:bulkhead-system:bulkhead-worker';
    const rules = [{ level: 'Metadata', users: [user], verbs: ['list'] }, { level: 'None' }];
    const head = { apiVersion: 'audit.k8s.io/v1', kind: 'Policy' };
    writeFileSync(policy, JSON.stringify({ ...head, omitStages: stages, rules }));
    const flags = { 'audit-policy-file': policy, 'audit-log-path': auditLog, 'audit-log-mode': 'blocking' };
    own = await startOwnCluster(Object.entries(flags).map(([name, value]) => `--${name}=${value}`));
    cluster = own.cluster;
    bulkhead = await Bulkhead.start({ kubeconfig: own.workerKubeconfig });
    await bulkhead.startWorker();
  });
  afterAll(async () => {
    await bulkhead.stop();
    await own.stop();
    rmSync(dir, { recursive: true });
  });

  const allow = async (resources: string[]): Promise<void> => {
    const rules = [{ apiGroups: ['*'], resources, verbs: ['list'] }];
    const metadata = { name: 'bulkhead-sweeper' };
    await cluster.rbac.replaceClusterRole({ name: metadata.name, body: { metadata, rules } });
  };
  const managed = ['namespaces', 'resourcequotas', 'limitranges', 'serviceaccounts', 'networkpolicies'];

  test('tenants whose namespaces take long to end are not searched for what holds them', async () => {
    const lists = (): number => readFileSync(auditLog, 'utf8').split('\n').length - 1;
    const tenants = await pMap(Array.from({ length: 6 }), async () => {
      const { tenant } = await bulkhead.api.change('POST', '/v1/tenants', { slug: newSlug('slow'), plan: 'team' });
      return tenant.id;
    });
    const before = lists();
    await own.plane.stopControllerManager();
    const locations = await pMap(tenants, async (id) => {
      const answer = await bulkhead.api.send('DELETE', `/v1/tenants/${id}?retention=0`);
      return answer.headers.get('location') ?? '';
    });
    // The namespace controller does not come: to the worker that looks like a long queue.
    for (const location of locations) {
      await eventually('the worker has looked at it for a while', async () => {
        const { steps } = await bulkhead.api.get<OperationBody>(location);
        return steps.some(({ name, durationMs }) => name === 'wait' && durationMs > 15_000);
      });
    }
    const searching = lists() - before;
    // Two kinds in each of two namespaces, and the pods that are left.
    expect(searching).toBeLessThanOrEqual(6 * tenants.length);
    await own.plane.startControllerManager();
    for (const location of locations) {
      expect(await bulkhead.api.get(`${location}?wait=60`)).toMatchObject({ state: 'succeeded' });
    }
    expect(lists() - before).toBeLessThanOrEqual(30 * tenants.length);
  });

  test('the certificate names the resources that were not searched', async () => {
    await allow([...managed, 'rolebindings', 'clusterroles', 'configmaps']);
    const { tenant } = await bulkhead.api.change('POST', '/v1/tenants', { slug: newSlug(), plan: 'free' });
    await bulkhead.api.change('DELETE', `/v1/tenants/${tenant.id}?retention=0`);
    const certificate = await bulkhead.api.get<Certificate>(`/v1/tenants/${tenant.id}/deletion-certificate`);
    const { sweep } = certificate.statement;
    expect(sweep.notLookedAt).toContainEqual({ group: '', version: 'v1', resource: 'secrets', reason: 'Forbidden' });
    expect(sweep.resources.map(({ resource }) => resource)).toContain('configmaps');
    expect(sweep.resources.map(({ resource }) => resource)).not.toContain('secrets');
    const file = path.join(dir, 'certificate.json');
    writeFileSync(file, JSON.stringify(certificate));
    const args = ['verify-certificate', file, '--keys', bulkhead.url + keysPath];
    const { output } = await runProgram('apps/api/src/commands/bulkhead.js', args, {});
    expect(output).toMatch(/^VALID[^]*Not searched: .*secrets \(Forbidden\)/);
  });

  test('a search without the kinds that Bulkhead itself writes fails the deletion', async () => {
    await allow(['configmaps']);
    const { tenant } = await bulkhead.api.change('POST', '/v1/tenants', { slug: newSlug(), plan: 'free' });
    const { headers } = await bulkhead.api.send('DELETE', `/v1/tenants/${tenant.id}?retention=0`);
    const location = headers.get('location') ?? '';
    await eventually('the operation reports it', async () => {
      const { error } = await bulkhead.api.get<{ error: { reason: string; message: string } | null }>(location);
      return error?.reason === 'NotAuthorized' && error.message.includes('bulkhead-sweeper');
    });
    await allow(['*']);
    expect(await bulkhead.api.get(`${location}?wait=60`)).toMatchObject({ state: 'succeeded' });
  });
});
