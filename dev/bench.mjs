// `npm run bench -- NAME [FLAGS]`: runs test/bench/NAME.mjs against a dedicated stack. The last line is the result.
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { runMain } from './main.mjs';
import { root } from './paths.mjs';

const folder = join(root, 'test/bench');
const [name, ...args] = process.argv.slice(2);
const available = existsSync(folder)
  ? readdirSync(folder)
      .filter((file) => file.endsWith('.mjs'))
      .map((file) => file.slice(0, -'.mjs'.length))
  : [];
if (!available.includes(name)) {
  console.error(`npm run bench -- NAME [FLAGS], where NAME is one of: ${available.join(', ') || '(none yet)'}`);
  process.exit(2);
}

await runMain(import.meta.url, async (context) => {
  // Imported late, because these need the dependencies and a recent Node.
  const [{ startStack }, { choosePort }, { temporaryFolder }] = await Promise.all([
    import('./stack.mjs'),
    import('./ports.mjs'),
    import('./temporary.mjs'),
  ]);
  const temporary = temporaryFolder();
  context.atEnd(temporary.remove);
  const stack = await startStack(context, {
    port: await choosePort(),
    dataDir: join(temporary.path, 'data'),
    reset: false,
    queue: process.env.BULKHEAD_QUEUE ?? 'postgres',
    redisUrl: process.env.BULKHEAD_QUEUE === 'redis' ? process.env.REDIS_URL : undefined,
  });
  const { apiUrl, adminApiKey, kubeconfig, workerKubeconfig, databaseUrl } = stack;
  const { default: measure } = await import(pathToFileURL(join(folder, `${name}.mjs`)).href);
  const log = (text) => console.log(`  ${text}`);
  const result = await measure({ apiUrl, adminApiKey, kubeconfig, workerKubeconfig, databaseUrl, args, log });
  // Processes are stopped first, because nothing must follow the result.
  await context.supervisor.stopAll();
  console.log(JSON.stringify(result));
});
