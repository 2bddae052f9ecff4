import 'reflect-metadata';

import { type Config, ConfigError, loadConfig } from '#config';
import { type DynamicModule, type INestApplicationContext, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';

/** Runs a one-shot command. The exit code is 0 on success; on failure it is 1, with one line on stderr. */
export function runCommand(work: (config: Config) => Promise<void>): Promise<void> {
  return runWithoutConfig(() => work(loadConfig()));
}

/** Like `runCommand`, for commands that need no configuration. */
export async function runWithoutConfig(work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    console.error(error instanceof ConfigError || error instanceof CommandError ? error.message : error);
    process.exitCode = 1;
  }
}

/** The command cannot run; the message is shown to the user. */
export class CommandError extends Error {
  override readonly name = 'CommandError';
}

@Module({})
class CommandModule {}

/** Runs `work` in an application of these modules and closes it afterwards. */
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
