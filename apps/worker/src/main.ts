import 'reflect-metadata';

import { AuditSealer } from '#audit';
import { ConfigError, loadConfig, stopWithStarter } from '#config';
import { DriftWatch, Sweeper } from '#engine';
import { KubeconfigError } from '#kube';
import { LinkDriver } from '#links/worker';
import { PolicyAuditor, PolicyEnforcer } from '#policies/worker';
import { Prover } from '#proof/worker';
import { RolloutDriver } from '#rollouts';
import { ShiftDriver } from '#routing';
import { NestFactory } from '@nestjs/core';
import { Logger } from 'nestjs-pino';

import { EnsurePoliciesJob } from './jobs/ensure-policies.job.js';
import { PreviewJob } from './jobs/preview.job.js';
import { ProveJob } from './jobs/prove.job.js';
import { ReconcileChangedJob } from './jobs/reconcile-changed.job.js';
import { ReconcileTenantUrgentlyJob } from './jobs/reconcile-tenant-urgently.job.js';
import { ReconcileTenantJob } from './jobs/reconcile-tenant.job.js';
import { stopInTime } from './stop-in-time.js';
import { WorkerModule } from './worker.module.js';

async function main(): Promise<void> {
  const config = loadConfig();
  if (config.exitWithStdin) stopWithStarter();
  const app = await NestFactory.createApplicationContext(WorkerModule.forRoot(config), { bufferLogs: true });
  const logger = app.get(Logger);
  app.useLogger(logger);
  app.enableShutdownHooks();
  app.get(DriftWatch).start();
  stopInTime(logger);
  await app.get(ReconcileTenantUrgentlyJob).start();
  await app.get(ReconcileChangedJob).start();
  await app.get(ReconcileTenantJob).start();
  await app.get(PreviewJob).start();
  await app.get(EnsurePoliciesJob).start();
  await app.get(ProveJob).start();
  app.get(PolicyEnforcer).start();
  app.get(PolicyAuditor).start();
  app.get(Prover).start();
  app.get(Sweeper).start();
  app.get(LinkDriver).start();
  app.get(RolloutDriver).start();
  app.get(ShiftDriver).start();
  app.get(AuditSealer).start();
  logger.log('worker ready');
}

main().catch((error: unknown) => {
  const expected = error instanceof ConfigError || error instanceof KubeconfigError;
  console.error(expected ? error.message : error);
  process.exit(1);
});
