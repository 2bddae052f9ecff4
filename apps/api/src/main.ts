import 'reflect-metadata';

import { Loops, MissingRunner } from '#background';
import { ConfigError, loadConfig, stopWithStarter } from '#config';

import { createApplication } from './application.js';

async function main(): Promise<void> {
  const config = loadConfig();
  if (config.exitWithStdin) stopWithStarter();
  const app = await createApplication(config);
  app.get(Loops).start();
  await app.listen(config.http.port, config.http.host);
}

main().catch((error: unknown) => {
  const expected = error instanceof ConfigError || error instanceof MissingRunner;
  console.error(expected ? error.message : error);
  process.exit(1);
});
