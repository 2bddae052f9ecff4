import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { Failure } from './failure.mjs';
import { defaultDataDir, fromUser } from './paths.mjs';

const meshes = ['none', 'istio-sidecar', 'istio-ambient', 'linkerd'];
const queues = ['postgres', 'redis'];

/** The output of `npm start -- --help`. */
export const startHelp = `npm start [-- OPTIONS]

Starts Bulkhead for development: Postgres, a Kubernetes control plane, the API, the worker and a first tenant.
Ctrl-C stops everything; the next start continues where this one stopped.

  --port N           port of the API (3000)
  --data DIR         folder for all state (.bulkhead)
  --reset            start over: first delete the state of earlier starts in the data folder
  --no-demo          do not create the demonstration tenant
  --queue NAME       postgres (default) or redis; redis needs REDIS_URL
  --mesh NAME        ${meshes.join(', ')}: the service mesh that the
                     embedded control plane has: only its kinds, without proxies
  --kubeconfig FILE  use this cluster instead of the embedded control plane
  --help             show this help

Environment
  BULKHEAD_KUBECONFIG  the same as --kubeconfig
  DATABASE_URL         use this Postgres (15 or newer) instead of the embedded one
  REDIS_URL            use this Redis for the queue, unless --queue is postgres
KUBECONFIG and ~/.kube/config are never used.`;

/**
 * Parses the options of `npm start`: the command line takes precedence over the environment.
 * @param {string[]} args
 */
export function parseStartOptions(args, env = process.env) {
  const values = parse(args);
  const kubeconfig = values.kubeconfig ?? env.BULKHEAD_KUBECONFIG;
  const redisUrl = valueOrFile(env, 'REDIS_URL');
  const queue = oneOf(queues, '--queue', values.queue ?? env.BULKHEAD_QUEUE ?? (redisUrl ? 'redis' : 'postgres'));
  if (queue === 'redis' && !redisUrl) {
    throw new Failure('The queue redis needs REDIS_URL, for example REDIS_URL=redis://127.0.0.1:6379');
  }
  const mesh = oneOf(meshes, '--mesh', values.mesh ?? 'none');
  checkMesh(mesh, kubeconfig, env);
  return {
    mesh,
    help: values.help,
    port: portOf(values.port ?? env.BULKHEAD_PORT ?? '3000'),
    dataDir: values.data === undefined ? defaultDataDir : fromUser(values.data),
    demo: !values['no-demo'],
    reset: values.reset,
    queue,
    redisUrl: queue === 'redis' ? redisUrl : undefined,
    databaseUrl: valueOrFile(env, 'DATABASE_URL'),
    kubeconfig: kubeconfig ? fromUser(kubeconfig) : undefined,
  };
}

function parse(args) {
  try {
    const { values } = parseArgs({
      args,
      options: {
        port: { type: 'string' },
        data: { type: 'string' },
        'no-demo': { type: 'boolean', default: false },
        reset: { type: 'boolean', default: false },
        mesh: { type: 'string' },
        queue: { type: 'string' },
        kubeconfig: { type: 'string' },
        help: { type: 'boolean', short: 'h', default: false },
      },
    });
    return values;
  } catch (error) {
    // The first sentence names the error; the others are advice about `--`.
    throw usage(error.message.split('. ')[0]);
  }
}

function checkMesh(mesh, kubeconfig, env) {
  if (mesh === 'none') return;
  if (kubeconfig) {
    throw usage(`--mesh ${mesh} is only for the embedded control plane; the mesh of your own cluster is detected`);
  }
  if (env.BULKHEAD_CLUSTER_FILE) {
    throw usage(`--mesh ${mesh}: BULKHEAD_CLUSTER_FILE already describes the cluster; set "mesh" there`);
  }
}

function oneOf(allowed, name, value) {
  if (!allowed.includes(value)) throw usage(`${name} must be one of ${allowed.join(', ')}, not "${value}"`);
  return value;
}

function portOf(text) {
  const port = Number(text);
  if (!Number.isInteger(port) || port < 1 || port > 65_535) throw usage(`"${text}" is not a port from 1 to 65535`);
  return port;
}

/** Secrets can be set as the path of a file, as for the API itself. */
function valueOrFile(env, name) {
  const file = env[`${name}_FILE`];
  if (env[name] || !file) return env[name] || undefined;
  try {
    return readFileSync(fromUser(file), 'utf8').trim();
  } catch (cause) {
    throw new Failure(`${name}_FILE: ${file} cannot be read`, { cause });
  }
}

function usage(message) {
  return new Failure(`${message}. See npm start -- --help`, { exitCode: 2 });
}
