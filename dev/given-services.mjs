import { existsSync } from 'node:fs';
import { request } from 'node:https';
import { connect } from 'node:net';
import { Failure } from './failure.mjs';

const timeoutMs = 5_000;
const oldestPostgres = 15;

/** Fails with a one-line message unless the URL is that of a usable Postgres. */
export async function checkDatabase(databaseUrl) {
  const where = withoutSecrets(databaseUrl, 'DATABASE_URL');
  const { default: pg } = await import('pg');
  const client = new pg.Client({ connectionString: databaseUrl, connectionTimeoutMillis: timeoutMs });
  client.on('error', () => {});
  let version;
  try {
    await client.connect();
    version = Number((await client.query('SHOW server_version_num')).rows[0].server_version_num);
  } catch (cause) {
    throw new Failure(`The database of DATABASE_URL (${where}) cannot be used: ${reasonOf(cause)}`, { cause });
  } finally {
    await client.end().catch(() => {});
  }
  const major = Math.floor(version / 10_000);
  if (major < oldestPostgres) {
    throw new Failure(
      `The database of DATABASE_URL (${where}) is Postgres ${major}; ${oldestPostgres} or newer is needed.`,
    );
  }
}

/** Fails with a one-line message unless something listens at the URL of Redis. */
export async function checkRedis(redisUrl) {
  const where = withoutSecrets(redisUrl, 'REDIS_URL');
  const { hostname, port } = new URL(redisUrl);
  const socket = connect({ host: hostname.replace(/^\[|\]$/g, ''), port: Number(port || 6379), timeout: timeoutMs });
  try {
    await new Promise((resolve, reject) => {
      socket.once('connect', resolve).once('error', reject);
      socket.once('timeout', () => reject(new Error(`no answer within ${timeoutMs / 1000} s`)));
    });
  } catch (cause) {
    throw new Failure(`The Redis of REDIS_URL (${where}) cannot be reached: ${reasonOf(cause)}`, { cause });
  } finally {
    socket.destroy();
  }
}

/** Fails with a one-line message unless the cluster of the kubeconfig answers. */
export async function checkCluster(kubeconfig) {
  if (!existsSync(kubeconfig)) throw new Failure(`The kubeconfig ${kubeconfig} does not exist.`);
  const { KubeConfig } = await import('@kubernetes/client-node');
  const config = new KubeConfig();
  let server;
  try {
    config.loadFromFile(kubeconfig);
    server = config.getCurrentCluster()?.server;
  } catch (cause) {
    throw new Failure(`The kubeconfig ${kubeconfig} cannot be read: ${reasonOf(cause)}`, { cause });
  }
  if (!server) throw new Failure(`The kubeconfig ${kubeconfig} has no current context with a cluster.`);
  let status;
  try {
    status = await within(timeoutMs, getVersion(config, server));
  } catch (cause) {
    throw new Failure(`The cluster of ${kubeconfig} (${server}) cannot be reached: ${reasonOf(cause)}`, { cause });
  }
  if (status >= 400) throw new Failure(`The cluster of ${kubeconfig} (${server}) answers ${status} at /version.`);
}

async function getVersion(config, server) {
  const options = { method: 'GET' };
  await config.applyToHTTPSOptions(options);
  return new Promise((resolve, reject) => {
    const outgoing = request(`${server.replace(/\/$/, '')}/version`, options, (response) => {
      response.resume();
      resolve(response.statusCode);
    });
    outgoing.on('error', reject);
    outgoing.setTimeout(timeoutMs, () => outgoing.destroy());
    outgoing.end();
  });
}

async function within(limitMs, work) {
  let timer;
  const late = new Promise((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${limitMs / 1000} s`)), limitMs);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}

function withoutSecrets(text, name) {
  if (!URL.canParse(text)) throw new Failure(`${name} is not a URL such as postgres://user:password@host:5432/name.`);
  const { host, pathname } = new URL(text);
  return `${host}${pathname}`;
}

/** For a host with several addresses Node reports one error without a message that contains the others. */
function reasonOf(error) {
  const text = error.message || error.errors?.map(({ message }) => message).join(', ') || error.code;
  return text.split('\n')[0];
}
