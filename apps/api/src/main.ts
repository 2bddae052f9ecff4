import 'reflect-metadata';

import { ConfigError, loadConfig, stopWithStarter } from '#config';

import { createApplication } from './application.js';

async function main(): Promise<void> {
  const config = loadConfig();
  if (config.exitWithStdin) stopWithStarter();
  const app = await createApplication(config);
  await app.listen(config.http.port, config.http.host);
}

main().catch((error: unknown) => {
  console.error(error instanceof ConfigError ? error.message : error);
  process.exit(1);
});
