import { AdmissionregistrationV1Api, type KubernetesObject, KubernetesObjectApi } from '@kubernetes/client-node';
import { afterAll, beforeAll, expect, test } from 'vitest';

import { kubeRequest } from '../../dev/kube-request.mjs';
import { ApiClient } from '../support/api-client.js';
import { Bulkhead, newSlug } from '../support/bulkhead.js';
import { eventually } from '../support/eventually.js';
import { faketimeMissing, newClock } from '../support/faketime.js';
import { installKinds } from '../support/gatekeeper.js';
import { type OwnCluster, startOwnCluster } from '../support/own-cluster.js';
import { type Program } from '../support/program.js';
import { unless } from '../support/requirements.js';

interface PolicyBody {
  state: string;
  message: string | null;
  version: number;
  conditions: { status: string; message: string }[];
}
interface PolicyRow {
  slot: number;
  claim: number;
  claimed: boolean;
  unconfirmed: boolean;
}

// The API is two days fast, workers an hour fast or slow: only the clock of the database may count.
const clockOf = (minutes: number): Record<string, string> => (faketimeMissing === null ? newClock(minutes).env : {});

let own: OwnCluster;
let bulkhead: Bulkhead;
let worker: Program;
let admission: AdmissionregistrationV1Api;
let objects: KubernetesObjectApi;

// Gatekeeper's kinds are served, but no controller acts on them, as while it is upgraded.
beforeAll(async () => {
  own = await startOwnCluster();
  await installKinds(own.plane);
  bulkhead = await Bulkhead.start({ kubeconfig: own.workerKubeconfig, env: clockOf(2 * 24 * 60) });
  worker = await bulkhead.startWorker(clockOf(60));
  admission = own.cluster.client(AdmissionregistrationV1Api);
  objects = own.cluster.client(KubernetesObjectApi);
  await eventually('Gatekeeper is detected', async () => {
    const { items } = await bulkhead.api.get<{
      items: { capabilities: { gatekeeper: { present: boolean } } | null }[];
    }>('/v1/clusters');
    return items[0]?.capabilities?.gatekeeper.present;
  });
}, 300_000);
afterAll(async () => {
  await bulkhead.stop();
  await own.stop();
});

const source = 'package bulkhead\n\nviolation contains {"msg": "No."} if input.review.object.metadata.name == "no"\n';
const inRego = { rego: { match: [{ apiGroups: [''], kinds: ['ConfigMap'] }], source } };
const inCel = (forbidden: string): object => ({
  cel: {
    match: [{ apiGroups: [''], resources: ['configmaps'] }],
    validations: [{ expression: `object.metadata.name != '${forbidden}'`, message: 'Not this name.' }],
  },
});
const bodyOf = (rule: object): object => ({ target: { all: true }, mode: 'enforce', rule });

async function create(rule: object): Promise<string> {
  const id = newSlug('policy');
  const answer = await bulkhead.api.send('POST', '/v1/policies', { id, ...bodyOf(rule) });
  expect(answer.status, JSON.stringify(answer.body)).toBe(202);
  return id;
}

const read = (id: string): Promise<PolicyBody> => bulkhead.api.get(`/v1/policies/${id}`);
const inForce = (id: string): Promise<unknown> =>
  eventually(`${id} is in force`, async () => (await read(id)).state === 'in-force');
const waitsFor = (id: string, reason: string): Promise<unknown> =>
  eventually(`${id} names ${reason}`, async () => {
    const { message } = await read(id);
    if (message?.includes(reason) !== true) throw new Error(message ?? 'no message');
    return true;
  });
const isGone = async (id: string): Promise<boolean> =>
  (await bulkhead.api.send('GET', `/v1/policies/${id}`)).status === 404;

async function remove(id: string): Promise<void> {
  expect((await bulkhead.api.send('DELETE', `/v1/policies/${id}`)).status).toBe(202);
  await eventually(`${id} is gone`, () => isGone(id));
}

async function rowOf(id: string): Promise<PolicyRow> {
  const [row] = await bulkhead.database.query<PolicyRow>(
    'SELECT slot, claim, claimed_until IS NOT NULL AS claimed, unconfirmed FROM policies WHERE id = $1',
    [id],
  );
  if (row === undefined) throw new Error(`there is no policy ${id}`);
  return row;
}

/** The names of the objects of a policy that are in the cluster. */
async function objectsOf(id: string): Promise<string[]> {
  const isOf = ({ metadata }: KubernetesObject): boolean => metadata?.annotations?.['bulkhead.io/policy'] === id;
  const lists = await Promise.all([
    admission.listValidatingAdmissionPolicy(),
    admission.listValidatingAdmissionPolicyBinding(),
    objects.list('templates.gatekeeper.sh/v1', 'ConstraintTemplate'),
    own.cluster.core.listNamespacedServiceAccount({ namespace: 'bulkhead-system' }),
  ]);
  return lists.flatMap(({ items }) => items.filter(isOf).map(({ metadata }) => metadata?.name ?? ''));
}

/** Stops the worker after it has written a policy, and before it reports it as in force. */
async function stopInTheMiddle(): Promise<string> {
  return eventually('the worker is stopped in the middle', async () => {
    const id = await create(inCel('third'));
    await eventually('it is written', async () => (await objectsOf(id)).length === 3);
    worker.signal('SIGSTOP');
    if ((await rowOf(id)).claimed) return id;
    worker.signal('SIGCONT');
    await remove(id);
    return false;
  });
}

/** Sets the status of an object as Gatekeeper would. */
async function report(path: string, status: object): Promise<void> {
  const { url, ca, adminToken: token } = own.plane;
  const answer = await kubeRequest({ url, ca, token }, 'PATCH', `${path}/status`, {
    body: { status },
    contentType: 'application/merge-patch+json',
  });
  expect(answer.status, JSON.stringify(answer.body)).toBe(200);
}

/** The kind of constraints that Gatekeeper would make for a template. */
function definitionOf(kind: string): object {
  const names = { kind, listKind: `${kind}List`, plural: kind.toLowerCase(), singular: kind.toLowerCase() };
  const schema = { openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } };
  const version = { name: 'v1beta1', served: true, storage: true, schema, subresources: { status: {} } };
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `${kind.toLowerCase()}.constraints.gatekeeper.sh` },
    spec: { group: 'constraints.gatekeeper.sh', scope: 'Cluster', names, versions: [version] },
  };
}

test('a policy that Gatekeeper does not take up holds up no other, says why, and goes on once it is', async () => {
  const stuck = await create(inRego);
  const other = await create(inCel('first'));
  await inForce(other);
  const { slot } = await rowOf(stuck);
  const kind = `BulkheadPolicy${String(slot).padStart(2, '0')}`;
  await waitsFor(stuck, `Gatekeeper has not reported the ConstraintTemplate ${kind.toLowerCase()} yet.`);
  expect(await read(stuck)).toMatchObject({ state: 'pending', conditions: [{ status: 'Unknown', reason: 'Pending' }] });

  const taken = { observedGeneration: 1, id: 'test' };
  const template = `/apis/templates.gatekeeper.sh/v1/constrainttemplates/${kind.toLowerCase()}`;
  await report(template, { created: true, byPod: [taken] });
  await waitsFor(stuck, `does not serve the kind ${kind}`);
  // The typed client would alter the schema.
  const { url, ca, adminToken: token } = own.plane;
  const collection = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';
  const made = await kubeRequest({ url, ca, token }, 'POST', collection, { body: definitionOf(kind) });
  expect(made.status, JSON.stringify(made.body)).toBe(201);
  await waitsFor(stuck, `Gatekeeper has not reported the ${kind}`);
  const constraint = `/apis/constraints.gatekeeper.sh/v1beta1/${kind.toLowerCase()}/bulkhead-policy-${kind.slice(-2)}`;
  await report(constraint, { byPod: [{ ...taken, enforced: true }] });
  await inForce(stuck);
  expect(await read(stuck)).toMatchObject({ message: null });
  await remove(stuck);
  await remove(other);
});

test('a policy that waits can be changed and deleted, and leaves nothing behind', async () => {
  const changed = await create(inRego);
  const removed = await create(inRego);
  for (const id of [changed, removed]) await waitsFor(id, 'Gatekeeper has not reported');
  expect((await bulkhead.api.send('PUT', `/v1/policies/${changed}`, bodyOf(inCel('second')))).status).toBe(202);
  await inForce(changed);
  expect(await objectsOf(changed)).toHaveLength(3);
  await remove(removed);
  expect(await objectsOf(removed)).toEqual([]);
  await remove(changed);
  expect(await objectsOf(changed)).toEqual([]);
});

test('a worker that stops in the middle is replaced, and stores nothing when it comes back late', async () => {
  const id = await stopInTheMiddle();
  const second = await bulkhead.startWorker(clockOf(-60));
  await inForce(id);
  expect(await rowOf(id)).toMatchObject({ claimed: false, unconfirmed: false });
  expect((await rowOf(id)).claim).toBeGreaterThan(1);
  expect((await bulkhead.api.send('PUT', `/v1/policies/${id}`, bodyOf(inCel('fourth')))).status).toBe(202);
  await eventually('the next version is in force', async () => {
    const { state, version } = await read(id);
    return state === 'in-force' && version === 2;
  });
  const settled = await rowOf(id);
  worker.signal('SIGCONT');
  // Both work again. The late result is not stored.
  const more = await Promise.all(['a', 'b', 'c', 'd', 'e', 'f'].map((name) => create(inCel(name))));
  for (const each of more) await inForce(each);
  for (const each of more) expect(await rowOf(each)).toMatchObject({ claimed: false, unconfirmed: false });
  expect(await read(id)).toMatchObject({ state: 'in-force', version: 2, message: null });
  expect((await rowOf(id)).claim).toBeGreaterThanOrEqual(settled.claim);
  const { spec } = await admission.readValidatingAdmissionPolicy({
    name: `bulkhead-policy-${String(settled.slot).padStart(2, '0')}`,
  });
  expect(JSON.stringify(spec)).toContain('fourth');
  await Promise.all([id, ...more].map(remove));
  expect((await Promise.all([id, ...more].map(objectsOf))).flat()).toEqual([]);
  await second.stop();
}, 180_000);

test('a worker that is killed while it removes a policy is replaced', async () => {
  const id = await create(inCel('fifth'));
  await inForce(id);
  expect((await bulkhead.api.send('DELETE', `/v1/policies/${id}`)).status).toBe(202);
  await eventually('its binding is removed', async () => (await objectsOf(id)).length < 3);
  await worker.stop('SIGKILL');
  worker = await bulkhead.startWorker(clockOf(-60));
  await eventually('it is gone', () => isGone(id));
  expect(await objectsOf(id)).toEqual([]);
});

test('exceptions and keys expire by the clock of the database', unless(faketimeMissing), async () => {
  const { tenant } = await bulkhead.api.change('POST', '/v1/tenants', { slug: newSlug(), plan: 'team' });
  const id = newSlug('policy');
  const isExcepted = async (): Promise<boolean> => {
    const { items } = await admission.listValidatingAdmissionPolicyBinding();
    const binding = items.find(({ metadata }) => metadata?.annotations?.['bulkhead.io/policy'] === id);
    return JSON.stringify(binding?.spec).includes(tenant.id);
  };
  const until = (seconds: number): object => {
    const expiresAt = new Date(Date.now() + seconds * 1000).toISOString();
    return { ...bodyOf(inCel('eighth')), exceptions: [{ tenant: tenant.id, reason: 'It moves.', expiresAt }] };
  };
  // The worker is slow: an exception ends nevertheless.
  expect((await bulkhead.api.send('POST', '/v1/policies', { id, ...until(10) })).status).toBe(202);
  await inForce(id);
  await eventually('the exception has expired', async () => !(await isExcepted()));
  await worker.stop();
  worker = await bulkhead.startWorker(clockOf(60));
  // This one is fast: an exception lasts.
  expect((await bulkhead.api.send('PUT', `/v1/policies/${id}`, until(1_800))).status).toBe(202);
  await inForce(id);
  expect(await isExcepted()).toBe(true);
  await remove(id);

  const key = await bulkhead.createKey('auditor', '--expires-in-days', '1');
  expect((await new ApiClient(bulkhead.url, key).send('GET', '/v1/policies')).status).toBe(200);
  await bulkhead.database.query(`UPDATE api_keys SET expires_at = now() - interval '1 second' WHERE role = 'auditor'`);
  expect((await new ApiClient(bulkhead.url, key).send('GET', '/v1/policies')).status).toBe(401);
  const selector = { images: ['registry.example/none'] };
  const preview = await bulkhead.api.send('POST', '/v1/quarantine/preview', { selector });
  const placed = await bulkhead.api.send('POST', '/v1/quarantine', {
    selector,
    reason: 'CVE',
    match: preview.body['match'],
  });
  expect(placed.body['code']).not.toBe('precondition.preview_stale');
});

test('a cluster without a connection is named, and counts only if it has tenants', async () => {
  const { database } = bulkhead;
  await bulkhead.api.change('POST', '/v1/tenants', { slug: newSlug(), plan: 'team' });
  await database.query(`INSERT INTO clusters (id, name) VALUES (gen_random_uuid(), 'spare')`);
  const id = await create(inCel('sixth'));
  await inForce(id);
  expect((await read(id)).message).toContain('"spare"');
  const selector = { images: ['registry.example/none'] };
  expect((await bulkhead.api.send('POST', '/v1/quarantine/preview', { selector })).status).toBe(200);
  const rego = await bulkhead.api.send('POST', '/v1/policies', { id: newSlug('policy'), ...bodyOf(inRego) });
  expect(rego.status, JSON.stringify(rego.body)).toBe(202);

  const move = (name: string): Promise<unknown> =>
    database.query('UPDATE tenants SET cluster_id = (SELECT id FROM clusters WHERE name = $1)', [name]);
  await move('spare');
  const next = await create(inCel('seventh'));
  await waitsFor(next, 'has no connection to the cluster "spare"');
  expect(await read(next)).toMatchObject({ state: 'pending' });
  expect(await objectsOf(next)).toHaveLength(3);
  await move('default');
  await inForce(next);
});
