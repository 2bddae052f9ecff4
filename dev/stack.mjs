import { mkdirSync } from 'node:fs';
import { ensureBuild } from './build.mjs';
import { builtControlPlane, builtPolicyJudge, controlPlaneBinary, hasGo, policyJudgeBinary } from './go-binaries.mjs';
import { endLeftoverControlPlane, startControlPlane } from './control-plane.mjs';
import { openDataFolder, resetDataFolder } from './data-folder.mjs';
import { Failure } from './failure.mjs';
import { checkCluster, checkDatabase, checkRedis } from './given-services.mjs';
import { isPortFree } from './ports.mjs';
import { endLeftoverPostgres, startPostgres } from './postgres.mjs';
import { writePrivateJson } from './private-files.mjs';
import { step } from './progress.mjs';
import {
  adminApiKey,
  endLeftoverServices,
  runCommand,
  serviceEnvironment,
  startApi,
  startWorker,
} from './services.mjs';
import { startLogin } from './login-service.mjs';
import { ensureMesh } from './mesh.mjs';
import { signingKeyEnvironment } from './signing-key.mjs';
import { grantWorkerAccess } from './worker-access.mjs';

/**
 * Starts all of Bulkhead on a data folder: a database or cluster that is not configured is embedded.
 * @param {import('./main.mjs').Context} context
 * @param {ReturnType<typeof import('./options.mjs').parseStartOptions>} options
 * @returns {Promise<{ apiUrl: string, adminApiKey: string, kubeconfig: string, databaseUrl: string, logs: string,
 *   loginUrl?: string, mesh: string, isMeshNew: boolean }>}
 */
export async function startStack(context, options) {
  const host = process.env.BULKHEAD_HOST || '127.0.0.1';
  const folder = openDataFolder(context, options.dataDir);
  await endLeftovers(folder);
  if (!(await isPortFree(options.port, host))) {
    throw new Failure(`Port ${options.port} is in use. Free it, or choose another with --port.`);
  }
  if (options.reset) resetDataFolder(folder);
  mkdirSync(folder.logs, { recursive: true });
  await checkGiven(options);

  const binary = options.kubeconfig ? undefined : await ensureControlPlaneBinary(context);
  // With an external cluster Go can be missing; without the judge the API accepts no policies.
  const judge = options.kubeconfig && !hasGo() ? undefined : await ensurePolicyJudge(context);
  await ensureBuild(context.supervisor);
  const { databaseUrl, plane } = await startEmbedded(context, options, folder, binary);
  const kubeconfig = options.kubeconfig ?? plane.adminKubeconfig;
  const mesh = plane ? await ensureMesh(plane, options.mesh ?? 'none', folder) : { env: {}, isNew: false };
  const { queue, redisUrl } = options;
  const env = {
    ...serviceEnvironment({ databaseUrl, embeddedPostgres: !options.databaseUrl, queue, redisUrl }),
    ...(judge && { BULKHEAD_POLICY_JUDGE: judge }),
  };

  await step('Prepare the database', async () => {
    await runCommand(context, env, 'migrate');
    await runCommand(context, env, 'seed-plans');
  });
  const workerKubeconfig = options.kubeconfig ?? folder.workerKubeconfig;
  const { apiUrl, key, loginUrl } = await step('Start the API and the worker', async () => {
    // Whoever has an identity provider of their own logs in there.
    const login = process.env.BULKHEAD_ISSUERS_FILE
      ? { env: {} }
      : await startLogin(context, { apiPort: options.port, folder });
    if (plane) await grantWorkerAccess(plane, workerKubeconfig);
    const [url] = await Promise.all([
      startApi(context, { ...env, ...login.env }, { host, port: options.port, folder }),
      startWorker(
        context,
        { ...env, ...signingKeyEnvironment(folder.signingKey), ...mesh.env },
        { kubeconfig: workerKubeconfig, folder },
      ),
    ]);
    const adminKey = await adminApiKey(context, env, { apiUrl: url, file: folder.adminApiKey });
    return { apiUrl: url, key: adminKey, loginUrl: login.url };
  });

  const connection = { apiUrl, adminApiKey: key, kubeconfig, databaseUrl, loginUrl };
  const announce = () => writePrivateJson(folder.connection, connection);
  return { ...connection, workerKubeconfig, mesh: options.mesh, isMeshNew: mesh.isNew, logs: folder.logs, announce };
}

/** Returns the path of the development control plane, with progress while it is built for the first time. */
export async function ensureControlPlaneBinary({ supervisor }) {
  const title = 'Build the Kubernetes control plane (once, about five minutes)';
  return builtControlPlane() ?? step(title, (tell) => controlPlaneBinary({ supervisor, tell }));
}

/** Returns the path of the policy judge, with progress while it is built for the first time. */
export async function ensurePolicyJudge({ supervisor }) {
  const title = 'Build the policy judge (once, about two minutes)';
  return builtPolicyJudge() ?? step(title, (tell) => policyJudgeBinary({ supervisor, tell }));
}

async function startEmbedded({ supervisor }, options, folder, binary) {
  const { databaseUrl: givenUrl, liftedLimits } = options;
  const what = [givenUrl ? [] : 'Postgres', binary ? 'Kubernetes' : []].flat().join(' and ');
  if (!what) return { databaseUrl: givenUrl };
  return step(`Start ${what}`, async () => {
    const logDir = folder.logs;
    const [databaseUrl, plane] = await Promise.all([
      givenUrl ?? startDatabase({ dir: folder.postgres, logDir, supervisor }),
      binary && startControlPlane({ dir: folder.controlPlane, binary, logDir, supervisor, liftedLimits }),
    ]);
    return { databaseUrl, plane };
  });
}

async function startDatabase(options) {
  const postgres = await startPostgres(options);
  return postgres.ensureDatabase('bulkhead');
}

async function checkGiven({ databaseUrl, redisUrl, kubeconfig }) {
  if (databaseUrl) await checkDatabase(databaseUrl);
  if (redisUrl) await checkRedis(redisUrl);
  if (kubeconfig) await checkCluster(kubeconfig);
}

/** Ends processes that a killed start left running, before its ports and files are used again. */
async function endLeftovers(folder) {
  await Promise.all([
    endLeftoverServices(folder.services),
    endLeftoverControlPlane(folder.controlPlane),
    endLeftoverPostgres(folder.postgres),
  ]);
}
