import 'reflect-metadata';

import { type Config, ConfigError, loadConfig } from '#config';
import { type DynamicModule, type INestApplicationContext, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';

/** Runs a one-shot command and ends the process: 0 when it succeeded, 1 with one line when it did not. */
export function runCommand(work: (config: Config) => Promise<void>): Promise<void> {
  return runWithoutConfig(() => work(loadConfig()));
}

/** As `runCommand`, for what needs no configuration. */
export async function runWithoutConfig(work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    console.error(error instanceof ConfigError || error instanceof CommandError ? error.message : error);
    process.exitCode = 1;
  }
}

/** The command cannot be carried out; the message is for the person who called it. */
export class CommandError extends Error {
  override readonly name = 'CommandError';
}

@Module({})
class CommandModule {}

/** Runs `work` in an application of these modules, which is closed afterwards. */
export async function withModules(
  imports: NonNullable<DynamicModule['imports']>,
  work: (app: INestApplicationContext) => Promise<void>,
): Promise<void> {
  const app = await NestFactory.createApplicationContext({ module: CommandModule, imports }, { logger: ['error'] });
  try {
    await work(app);
  } finally {
    await app.close();
  }
}
