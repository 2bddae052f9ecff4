import 'reflect-metadata';

import { Loops, MissingRunner } from '#background';
import { ConfigError, loadConfig, stopWithStarter } from '#config';
import { Reconciler } from '#engine';
import { KubeconfigError } from '#kube';
import { Answerers } from '#questions';
import { JobConsumer } from '#queue';
import { NestFactory } from '@nestjs/core';
import { Logger } from 'nestjs-pino';

import { jobHandlers } from './job-handlers.js';
import { enforceShutdownDeadline } from './shutdown-deadline.js';
import { WorkerModule } from './worker.module.js';

async function main(): Promise<void> {
  const config = loadConfig();
  if (config.exitWithStdin) stopWithStarter();
  const app = await NestFactory.createApplicationContext(WorkerModule.forRoot(config), { bufferLogs: true });
  const logger = app.get(Logger);
  app.useLogger(logger);
  app.enableShutdownHooks();
  enforceShutdownDeadline(logger, () => app.get(Reconciler).abandonPasses());
  app.get(Answerers).check();
  const loops = app.get(Loops);
  // Before any pass: the watches begin to list the cluster, which passes compare with.
  loops.start({ upTo: 'drift-watch' });
  // Before the other loops, whose work is handed to the handlers of jobs while the queue is away. Waits for no queue.
  app.get(JobConsumer).consumeAll(jobHandlers(app), config.worker);
  loops.start();
  logger.log('worker ready');
}

main().catch((error: unknown) => {
  const expected = [ConfigError, KubeconfigError, MissingRunner].some((kind) => error instanceof kind);
  console.error(expected ? (error as Error).message : error);
  process.exit(1);
});
