import { apiRequest } from './api-client.mjs';
import { Failure } from './failure.mjs';
import { people } from './login-people.mjs';
import { duration, step } from './progress.mjs';

const demonstration = {
  slug: 'demo',
  displayName: 'Demonstration',
  plan: 'team',
  environments: ['main', 'staging'],
  members: [
    { kind: 'User', name: 'alice@demo.example', role: 'tenant-admin' },
    ...['owner', 'developer', 'viewer'].map((id) => ({ kind: 'User', name: people[id].email, role: `tenant-${id}` })),
  ],
};
const timeoutMs = 120_000;

/**
 * Creates the demonstration tenant through the REST API, like any API client, or uses the existing one. Prints its
 * objects.
 */
export async function demonstrate(api) {
  const found = await findTenant(api);
  const tenant = found ?? (await step('Provision the tenant "demo"', () => provision(api)));
  if (found && api.isMeshNew) await step('Move the tenant "demo" into the mesh', () => reconcile(api, found));
  const { items } = await expectOk(api, 'GET', `/v1/tenants/${tenant.id}/objects`);
  const how = tenant.durationMs === undefined ? `${tenant.phase}, from an earlier start` : duration(tenant.durationMs);
  console.log(`\nTenant "demo" (${tenant.id}): ${items.length} objects, ${how}`);
  print(items);
}

async function provision(api) {
  const started = performance.now();
  const response = await apiRequest(api, 'POST', '/v1/tenants', { body: demonstration });
  // Another start on the same database created it first.
  if (response.status === 409) return findTenant(api);
  check(response, 202, 'POST /v1/tenants');
  await settled(api, response);
  return { ...response.body, durationMs: performance.now() - started };
}

/** Sends an empty change, which makes the worker compare the tenant with its object set. */
async function reconcile(api, { id }) {
  const response = await apiRequest(api, 'PATCH', `/v1/tenants/${id}`, { body: {} });
  check(response, 202, `PATCH /v1/tenants/${id}`);
  await settled(api, response);
}

async function settled(api, response) {
  const operation = await waitForOperation(api, response.headers.location);
  if (operation.state !== 'succeeded') throw new Failure(`The operation ${operation.state}.\n${explain(operation)}`);
}

async function waitForOperation(api, location) {
  const deadline = Date.now() + timeoutMs;
  for (;;) {
    const operation = await expectOk(api, 'GET', `${location}?wait=30`);
    if (!['pending', 'running'].includes(operation.state)) return operation;
    if (Date.now() > deadline) throw new Failure(`The operation is still ${operation.state} after two minutes.`);
  }
}

async function findTenant(api) {
  const { items } = await expectOk(api, 'GET', '/v1/tenants?slug=demo');
  return items[0];
}

function print(objects) {
  const byNamespace = Map.groupBy(
    objects,
    ({ kind, name, namespace }) => namespace ?? (kind === 'Namespace' ? name : ''),
  );
  for (const [namespace, members] of [...byNamespace].sort()) {
    console.log(`  ${namespace || 'cluster-scoped'}`);
    members.sort((a, b) => Number(b.kind === 'Namespace') - Number(a.kind === 'Namespace'));
    for (const { kind, name } of members) console.log(`    ${kind.padEnd(24)} ${name}`);
  }
}

function explain({ steps = [], error }) {
  const failed = steps.filter((each) => each.error);
  const lines = failed.map((each) => `  ${each.name} ${each.object}: ${textOf(each.error)}`);
  return [error ? `  ${textOf(error)}` : [], lines].flat().join('\n');
}

const textOf = (error) => error.detail ?? error.message ?? JSON.stringify(error);

async function expectOk(api, method, path) {
  const response = await apiRequest(api, method, path, { timeoutMs: 40_000 });
  check(response, 200, `${method} ${path}`);
  return response.body;
}

function check({ status, body }, expected, what) {
  if (status !== expected) throw new Failure(`${what} answered ${status}: ${body?.detail ?? JSON.stringify(body)}`);
}
