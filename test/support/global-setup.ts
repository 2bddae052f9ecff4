import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { type TestProject } from 'vitest/node';
import { controlPlaneBinary, policyJudgeBinary } from '../../dev/go-binaries.mjs';
import { startControlPlane } from '../../dev/control-plane.mjs';
import { startPostgres } from '../../dev/postgres.mjs';
import { Supervisor } from '../../dev/processes.mjs';
import { temporaryFolder } from '../../dev/temporary.mjs';
import { grantWorkerAccess } from '../../dev/worker-access.mjs';

declare module 'vitest' {
  interface ProvidedContext {
    /** Address of the database `postgres`, as superuser. */
    postgresUrl: string;
    /** A migrated database with the three plans, for `CREATE DATABASE … TEMPLATE`. */
    templateDatabase: string;
    /** Path of a kubeconfig in group `system:masters`. */
    adminKubeconfig: string;
    /** Path of a kubeconfig with the worker's own identity and rights. */
    workerKubeconfig: string;
    /** The path of a file with one JSON line for every write request to the API server. */
    auditLog: string;
    /** Path of the program that `startControlPlane` runs. */
    controlPlaneBinary: string;
    /** Path of the program that compiles policies. */
    policyJudge: string;
    /** The path of a folder that is removed at the end. */
    temporaryFolder: string;
  }
}

const templateDatabase = 'bulkhead_template';
const commands = join(import.meta.dirname, '../../dist/apps/api/src/commands');

/** Starts one Postgres and one Kubernetes control plane for all test files. */
export default async function setUp(project: TestProject): Promise<() => Promise<void>> {
  const supervisor = new Supervisor();
  const folder = temporaryFolder();
  project.provide('temporaryFolder', folder.path);
  const tearDown = async (): Promise<void> => {
    await supervisor.stopAll();
    folder.remove();
  };
  try {
    const binary = await controlPlaneBinary({ supervisor });
    project.provide('policyJudge', await policyJudgeBinary({ supervisor }));
    const results = await Promise.allSettled([
      provideDatabase(project, supervisor, folder.path),
      provideCluster(project, supervisor, folder.path, binary),
    ]);
    for (const result of results) if (result.status === 'rejected') throw result.reason;
    project.provide('controlPlaneBinary', binary);
    return tearDown;
  } catch (error) {
    await tearDown();
    throw error;
  }
}

async function provideDatabase(project: TestProject, supervisor: Supervisor, folder: string): Promise<void> {
  const postgres = await startPostgres({ dir: join(folder, 'postgres'), throwaway: true, supervisor });
  const databaseUrl = await postgres.ensureDatabase(templateDatabase);
  await runCommand(supervisor, 'migrate', databaseUrl);
  await runCommand(supervisor, 'seed-plans', databaseUrl);
  project.provide('postgresUrl', postgres.url);
  project.provide('templateDatabase', templateDatabase);
}

async function provideCluster(
  project: TestProject,
  supervisor: Supervisor,
  folder: string,
  binary: string,
): Promise<void> {
  const dir = join(folder, 'control-plane');
  const speed = { unsafeNoFsync: true, lavish: true, liftedLimits: true };
  const plane = await startControlPlane({ dir, binary, supervisor, ...speed, auditLog: true });
  const workerKubeconfig = join(dir, 'worker.kubeconfig');
  await grantWorkerAccess(plane, workerKubeconfig);
  project.provide('adminKubeconfig', plane.adminKubeconfig);
  project.provide('workerKubeconfig', workerKubeconfig);
  project.provide('auditLog', plane.auditLog ?? '');
}

async function runCommand(supervisor: Supervisor, name: string, databaseUrl: string): Promise<void> {
  const file = join(commands, `${name}.js`);
  if (!existsSync(file)) {
    throw new Error(`${file} is missing. Run \`npm run build\`, or run the tests with \`npm test\`.`);
  }
  const { code, output } = await supervisor.run({
    command: process.execPath,
    args: [file],
    env: { PATH: process.env['PATH'], DATABASE_URL: databaseUrl, BULKHEAD_LOG_LEVEL: 'warn' },
  });
  if (code !== 0) throw new Error(`${name} ended with code ${code}:\n${output}`);
}
