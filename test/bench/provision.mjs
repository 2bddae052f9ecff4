import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';

import { Agent, request } from 'undici';
import { parse } from 'yaml';

/**
 * How fast tenants are provisioned, from `POST /v1/tenants` to `active`.
 * `--tenants N` (100), `--concurrency N` callers (16), `--plan ID` (team).
 */
export default async function provision({ apiUrl, adminApiKey, kubeconfig, args, log }) {
  const { values } = parseArgs({
    args,
    options: {
      tenants: { type: 'string', default: '100' },
      concurrency: { type: 'string', default: '16' },
      plan: { type: 'string', default: 'team' },
    },
  });
  const [tenants, concurrency] = [positive('tenants', values.tenants), positive('concurrency', values.concurrency)];
  const api = client(apiUrl, adminApiKey);
  const run = Date.now().toString(36);

  // The first pass of a worker also prepares the cluster; that is not what is measured.
  await provisionOne(api, { slug: `bench-${run}-warm`, plan: values.plan });
  const writesBefore = await appliesSoFar(kubeconfig);
  log(`provisioning ${tenants} tenants, ${concurrency} at a time`);
  const startedAt = performance.now();
  const durations = [];
  let next = 0;
  const caller = async () => {
    while (next < tenants) {
      const number = next++;
      durations.push(await provisionOne(api, { slug: `bench-${run}-${number}`, plan: values.plan }));
    }
  };
  await Promise.all(Array.from({ length: concurrency }, caller));
  const seconds = (performance.now() - startedAt) / 1000;
  const writes = (await appliesSoFar(kubeconfig)) - writesBefore;
  const { items } = await api('GET', `/v1/tenants?slug=bench-${run}-0`).then(({ body }) => body);
  const objects = (await api('GET', `/v1/tenants/${items[0].id}/objects`)).body.items.length;
  durations.sort((a, b) => a - b);
  return {
    bench: 'provision',
    tenants,
    concurrency,
    objectsPerTenant: objects,
    tenantsPerSecond: round(tenants / seconds),
    p50Ms: round(quantile(durations, 0.5)),
    p99Ms: round(quantile(durations, 0.99)),
    apiWritesPerTenant: round(writes / tenants),
  };
}

/** Milliseconds from sending the POST to the answer that the operation succeeded. */
async function provisionOne(api, tenant) {
  const startedAt = performance.now();
  const accepted = await api('POST', '/v1/tenants', tenant);
  if (accepted.statusCode !== 202) {
    throw new Error(`POST answered ${accepted.statusCode}: ${JSON.stringify(accepted.body)}`);
  }
  const { body } = await api('GET', `${accepted.headers.location}?wait=60`);
  if (body.state !== 'succeeded') throw new Error(`the operation is ${body.state}: ${JSON.stringify(body.error)}`);
  return performance.now() - startedAt;
}

function client(apiUrl, key) {
  const dispatcher = new Agent({ connections: 128 });
  return async (method, path, body) => {
    const answer = await request(apiUrl + path, {
      method,
      dispatcher,
      headers: { authorization: `Bearer ${key}`, ...(body && { 'content-type': 'application/json' }) },
      body: body && JSON.stringify(body),
    });
    return { statusCode: answer.statusCode, headers: answer.headers, body: await answer.body.json() };
  };
}

/** Server-side applies that the API server has counted. In this cluster only the worker applies. */
async function appliesSoFar(kubeconfigFile) {
  const config = parse(readFileSync(kubeconfigFile, 'utf8'));
  const { cluster } = config.clusters[0];
  const dispatcher = new Agent({ connect: { ca: Buffer.from(cluster['certificate-authority-data'], 'base64') } });
  const { token } = config.users[0].user;
  const answer = await request(`${cluster.server}/metrics`, {
    dispatcher,
    headers: { authorization: `Bearer ${token}` },
  });
  const lines = (await answer.body.text()).split('\n');
  await dispatcher.close();
  return lines
    .filter((line) => line.startsWith('apiserver_request_total{') && line.includes('verb="APPLY"'))
    .reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(' '))), 0);
}

function positive(name, text) {
  const number = Number(text);
  if (!Number.isInteger(number) || number < 1) {
    throw new Error(`--${name} must be a positive whole number, not "${text}"`);
  }
  return number;
}

function quantile(sorted, share) {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))];
}

function round(number) {
  return Math.round(number * 10) / 10;
}
