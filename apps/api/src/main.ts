import 'reflect-metadata';

import { Loops, MissingRunner } from '#background';
import { ConfigError, loadConfig, stopWithStarter } from '#config';

import { Logger } from 'nestjs-pino';

import { createApplication } from './application.js';

async function main(): Promise<void> {
  const config = loadConfig();
  if (config.exitWithStdin) stopWithStarter();
  const app = await createApplication(config);
  app.get(Loops).start();
  await app.listen(config.http.port, config.http.host);
  app.get(Logger).log(`listening on ${await app.getUrl()}`);
}

main().catch((error: unknown) => {
  const expected = error instanceof ConfigError || error instanceof MissingRunner;
  console.error(expected ? error.message : error);
  process.exit(1);
});
