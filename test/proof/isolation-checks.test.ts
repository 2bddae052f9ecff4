import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { type IsolationReport, isolationReport } from '#certificates';
import { newId, uuidOf } from '#persistence';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { type TenantBody } from '../support/api-client.js';
import { Bulkhead, newSlug } from '../support/bulkhead.js';
import { Cluster, workerWrites } from '../support/cluster.js';
import { notTrue } from '../support/conditions.js';
import { eventually } from '../support/eventually.js';
import { runProgram } from '../support/program.js';
import { sweep } from '../support/sweep.js';

interface Run {
  id: string;
  state: string;
  trigger: string;
  error: string | null;
  summary: IsolationReport['summary'] | null;
  report: IsolationReport | null;
  keyId: string | null;
  jws: string | null;
}

const cluster = new Cluster();
const folder = mkdtempSync(path.join(tmpdir(), 'bulkhead-reports-'));
let bulkhead: Bulkhead;
let tenant: TenantBody;
let namespace: string;

const members = ['admin', 'developer', 'viewer'].map((role) => ({
  kind: 'User',
  name: `${role}@acme.example`,
  role: `tenant-${role}`,
}));
const quota = { cpu: '10', memory: '10Gi' };

beforeAll(async () => {
  bulkhead = await Bulkhead.start();
  await bulkhead.startWorker();
  tenant = await makeTenant({
    quota,
    drift: { policy: 'report' },
    environments: { default: ['main', 'staging'], max: 2 },
  });
  namespace = tenant.namespaces[0]?.name ?? '';
  // Beside another tenant, of which an auditors' group is a member of both.
  await makeTenant({ quota });
});
afterAll(async () => {
  await bulkhead.stop();
  rmSync(folder, { recursive: true });
});

async function makeTenant(spec: object): Promise<TenantBody> {
  const plan = newSlug('plan');
  const made = await bulkhead.api.send('POST', '/v1/plans', { id: plan, displayName: plan, spec });
  expect(made.status, JSON.stringify(made.body)).toBe(201);
  const group = { kind: 'Group', name: 'auditors', role: 'tenant-viewer' };
  const body = { slug: newSlug(), plan, members: [...members, group] };
  const { tenant: created, operation } = await bulkhead.api.change('POST', '/v1/tenants', body);
  expect(operation).toMatchObject({ state: 'succeeded' });
  return created;
}

async function prove(id = tenant.id): Promise<Run> {
  const { status, headers } = await bulkhead.api.send('POST', `/v1/tenants/${id}/isolation-checks`);
  expect(status).toBe(202);
  return bulkhead.api.get<Run>(`${headers.get('location') ?? ''}?wait=60`);
}

const conditions = async (): Promise<TenantBody['conditions']> =>
  (await bulkhead.api.get<TenantBody>(`/v1/tenants/${tenant.id}`)).conditions;
const wrong = ({ report }: Run): string[] =>
  (report?.checks ?? []).filter(({ status }) => status === 'fail').map(({ id, reason }) => `${id}: ${reason}`);

describe('a run over a tenant as it should be', () => {
  let run: Run;
  beforeAll(async () => {
    run = await prove();
  });

  test('finds nothing wrong, with a control of each check that it passes', () => {
    expect(run).toMatchObject({ state: 'succeeded', error: null });
    expect(wrong(run)).toEqual([]);
    const report = isolationReport.parse(run.report);
    const passed = report.checks.filter(({ status }) => status === 'pass');
    expect(passed.filter(({ evidence }) => !evidence.some(({ control }) => control))).toEqual([]);
    expect(run.summary).toEqual(report.summary);
    expect(report.namespaces).toEqual(tenant.namespaces.map(({ name }) => name));
    expect(report.notAsked).toEqual([]);
    expect(report.version).toBe(2);
    expect(report.areas?.find(({ area }) => area === 'network')?.basis).toEqual(['judged', 'tried']);
    expect(report.checks.filter(({ basis }) => basis === undefined)).toEqual([]);
    expect(report.identities.map(({ kind, role }) => `${kind} ${role}`)).toEqual([
      'User bulkhead-tenant-admin',
      'User bulkhead-tenant-developer',
      'Group bulkhead-tenant-viewer',
      'User bulkhead-tenant-viewer',
      'ServiceAccount bulkhead-tenant-deployer',
      'ServiceAccount bulkhead-tenant-deployer',
    ]);
  });

  test('has all nineteen checks of the Multi-Tenancy Benchmarks, and the four that were never written', () => {
    const benchmarks = run.report?.checks.filter(({ benchmark }) => benchmark !== null) ?? [];
    expect(benchmarks).toHaveLength(23);
    expect(benchmarks.filter(({ status }) => status !== 'pass').map(({ id }) => id)).toEqual([
      'delete-volumes-with-claims',
    ]);
    expect(benchmarks.find(({ id }) => id === 'delete-volumes-with-claims')?.status).toBe('not-applicable');
  });

  test('does not say that traffic is kept apart where nothing enforces it', async () => {
    const check = run.report?.checks.find(({ id }) => id === 'network-policies-are-enforced');
    expect(check).toMatchObject({ status: 'not-applicable', area: 'network', basis: 'judged' });
    expect(check?.reason).toContain('Nothing was found to enforce NetworkPolicies');
    const messages = Object.fromEntries((await conditions()).map(({ type, message }) => [type, message]));
    for (const type of ['Ready', 'NetworkIsolated', 'MeshReady']) {
      expect(messages[type]).toContain('to enforce');
    }
  });

  test('asks for every resource and subresource that the API server serves', () => {
    const admin = run.report?.checks.find(({ id }) => id === 'permissions-of-admin');
    expect(admin?.asked).toBeGreaterThan(500);
  });

  test('leaves nothing behind, and wrote nothing', async () => {
    const traces = { tenantIds: [], namespaces: tenant.namespaces.map(({ name }) => name) };
    const left = (await sweep(traces)).filter((object) => object.includes('bulkhead-proof'));
    expect(left).toEqual([]);
    const writes = tenant.namespaces.flatMap(({ name }) => workerWrites(`/namespaces/${name}`));
    const asProver = writes.filter(({ impersonatedUser }) => impersonatedUser?.username.endsWith(':bulkhead-prover'));
    expect(asProver.length).toBeGreaterThan(100);
    expect(asProver.filter(({ requestURI }) => !requestURI.includes('dryRun=All'))).toEqual([]);
    // A token that is asked for as a dry run is a real one.
    expect(writes.filter(({ requestURI }) => requestURI.includes('/token'))).toEqual([]);
  });

  test('is signed, and a changed report is not', async () => {
    const keys = path.join(folder, 'keys.json');
    writeFileSync(keys, JSON.stringify(await bulkhead.api.get('/.well-known/bulkhead-deletion-keys.json')));
    const verify = (text: string): Promise<{ code: number | null; output: string }> => {
      const file = path.join(folder, 'run.json');
      writeFileSync(file, text);
      return runProgram('apps/api/src/commands/verify-certificate.js', [file, '--keys', keys], {});
    };
    const text = JSON.stringify(run);
    expect(await verify(text)).toMatchObject({
      code: 0,
      output: expect.stringContaining('VALID: isolation') as string,
    });
    const forged = text.replace(`"requests":${run.report?.requests ?? 0}`, '"requests":1');
    expect(forged).not.toBe(text);
    expect(await verify(forged)).toMatchObject({
      code: 1,
      output: expect.stringContaining('not what was signed') as string,
    });
  });

  test.for([
    ['json', 'application/json', '"bulkhead.io/isolation-report"'],
    ['junit', 'application/xml', '<testsuites'],
    ['sarif', 'application/sarif+json', '"2.1.0"'],
    ['html', 'text/html', '<h1>Isolation of '],
  ])('is read as %s', async ([format, type = '', start = '']) => {
    const report = `/v1/tenants/${tenant.id}/isolation-checks/${run.id}/report`;
    for (const answer of [
      await bulkhead.api.fetch(`${report}?format=${format}`),
      await bulkhead.api.fetch(report, { accept: type }),
    ]) {
      expect(answer.status).toBe(200);
      expect(answer.headers.get('content-type')).toContain(type);
      expect(answer.headers.get('x-content-type-options')).toBe('nosniff');
      expect(await answer.text()).toContain(start);
    }
  });
});

test('what a run finds is a condition of the tenant until a run finds nothing', async () => {
  expect(notTrue(await conditions())).toEqual([]);
  await cluster.networking.deleteNamespacedNetworkPolicy({ namespace, name: 'tenant-default-deny' });
  const run = await prove();
  expect(run).toMatchObject({ state: 'succeeded' });
  expect(wrong(run).join('\n')).toContain('isolate-every-pod');
  const told = { type: 'NetworkIsolated', status: 'False', reason: 'IsolationCheckFailed' };
  await eventually('the condition says so', async () => {
    const found = (await conditions()).find(({ type }) => type === 'PoliciesEnforced');
    return found?.reason === 'IsolationCheckFailed';
  });
  const network = (await conditions()).find(({ type }) => type === 'NetworkIsolated');
  // The policy that is missing is reported as drift too, and drift is told first.
  expect(network).toMatchObject({ status: told.status });
  await bulkhead.api.change('PATCH', `/v1/tenants/${tenant.id}`, { displayName: 'Put right' });
  await eventually('the network is told to be open by the check alone', async () =>
    (await conditions()).some(({ type, reason }) => type === told.type && reason === told.reason),
  );
  expect(wrong(await prove())).toEqual([]);
  await eventually('all is well', async () => notTrue(await conditions()).length === 0);
});

test('a suspended tenant is proven to be shut', async () => {
  const hold = { source: 'admin', effect: 'suspend', reason: 'unpaid' };
  await bulkhead.api.change('POST', `/v1/tenants/${tenant.id}/holds`, hold);
  const run = await prove();
  expect(wrong(run)).toEqual([]);
  const admin = run.report?.checks.find(({ id }) => id === 'permissions-of-admin');
  expect(admin).toMatchObject({ status: 'not-applicable', reason: expect.stringContaining('suspended') as string });
  expect(admin?.evidence.every(({ answer }) => answer === 'denied')).toBe(true);
});

test('a run that nobody has ended is not asked for twice, and a lost one is found again', async () => {
  const other = await makeTenant({ quota });
  const [id, unknown] = [newId('check'), newId('check')];
  // As a worker leaves it that died.
  await bulkhead.database.query(
    `INSERT INTO isolation_checks (id, tenant_id, state, trigger, requested_by, started_at)
     VALUES ($1, $2, 'running', 'request', 'me', now())`,
    [uuidOf('check', id), uuidOf('tenant', other.id)],
  );
  const { status, body } = await bulkhead.api.send('POST', `/v1/tenants/${other.id}/isolation-checks`);
  expect({ status, body }).toMatchObject({ status: 202, body: { id, state: 'running' } });
  const path = `/v1/tenants/${other.id}/isolation-checks/${id}`;
  expect((await bulkhead.api.send('GET', `${path}/report`)).body).toMatchObject({ code: 'isolation_check.unfinished' });
  await bulkhead.database.query(
    `UPDATE isolation_checks SET started_at = now() - interval '6 minutes' WHERE finished_at IS NULL`,
  );
  expect(await bulkhead.api.get(`${path}?wait=60`)).toMatchObject({ state: 'succeeded' });
  expect((await bulkhead.api.send('GET', path.replace(other.id, tenant.id))).status).toBe(404);
  expect((await bulkhead.api.send('GET', path.replace(id, unknown))).body).toMatchObject({
    code: 'isolation_check.not_found',
  });
});

test('runs are for administrators, operators and auditors', async () => {
  const path = `/v1/tenants/${tenant.id}/isolation-checks`;
  for (const [role, expected] of Object.entries({ auditor: 200, operator: 200, signup: 403, billing: 403 })) {
    const caller = bulkhead.api.as(await bulkhead.createKey(role));
    expect({ role, status: (await caller.send('GET', path)).status }).toEqual({ role, status: expected });
    const asked = await caller.send('POST', path);
    expect({ role, status: asked.status }).toEqual({ role, status: expected === 200 ? 202 : 403 });
  }
});

test('a plan has runs begin by themselves', async () => {
  const own = await makeTenant({ quota, isolationChecks: { everyHours: 24 } });
  const runs = async (): Promise<Run[]> =>
    (await bulkhead.api.get<{ items: Run[] }>(`/v1/tenants/${own.id}/isolation-checks`)).items;
  await bulkhead.database.query(`UPDATE tenants SET created_at = now() - interval '25 hours' WHERE slug = $1`, [
    own.slug,
  ]);
  // A worker that starts looks at once what is due, and then every minute.
  await bulkhead.startWorker();
  await eventually('a run ended', async () => (await runs())[0]?.state === 'succeeded', 90_000);
  expect(await runs()).toMatchObject([{ trigger: 'schedule', requestedBy: 'bulkhead' }]);
});
