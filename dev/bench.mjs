// `npm run bench -- NAME [FLAGS]`: runs test/bench/NAME.mjs against a dedicated stack. The last line is the result.
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { runMain } from './main.mjs';
import { root } from './paths.mjs';

const folder = join(root, 'test/bench');
const [name, ...flags] = process.argv.slice(2);
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
  const { default: measure, controllerLimits = 'lifted' } = await import(
    pathToFileURL(join(folder, `${name}.mjs`)).href
  );
  const { limits, args } = chooseLimits(flags, controllerLimits);
  const [{ startStack }, { choosePort }, { temporaryFolder }] = await Promise.all([
    import('./stack.mjs'),
    import('./ports.mjs'),
    import('./temporary.mjs'),
  ]);
  const temporary = temporaryFolder();
  context.atEnd(temporary.remove);
  // Requests are counted as usual; no bench reaches these limits.
  for (const what of ['READS', 'CHANGES', 'CREATIONS']) process.env[`BULKHEAD_${what}_PER_MINUTE`] ??= '1000000000';
  const queue = process.env.BULKHEAD_QUEUE ?? 'postgres';
  const stack = await startStack(context, {
    port: await choosePort(),
    dataDir: join(temporary.path, 'data'),
    reset: false,
    liftedLimits: limits === 'lifted',
    queue,
    redisUrl: queue === 'redis' ? process.env.REDIS_URL : undefined,
  });
  const { apiUrl, adminApiKey, kubeconfig, workerKubeconfig, databaseUrl } = stack;
  const log = (text) => console.log(`  ${text}`);
  const result = await measure({ apiUrl, adminApiKey, kubeconfig, workerKubeconfig, databaseUrl, args, log });
  // Processes are stopped first, because nothing must follow the result.
  await context.supervisor.stopAll();
  console.log(JSON.stringify({ ...result, controllerLimits: limits, queue }));
});

/**
 * Takes `--controller-limits default|lifted` from the flags: whether controllers run with Kubernetes' default limits.
 * Most benches lift them, because they would measure only the limits.
 */
function chooseLimits(given, ofBench) {
  const at = given.indexOf('--controller-limits');
  if (at === -1) return { limits: ofBench, args: given };
  const limits = given[at + 1];
  if (!['default', 'lifted'].includes(limits)) {
    console.error(`--controller-limits must be default or lifted, not "${limits ?? ''}".`);
    process.exit(2);
  }
  return { limits, args: given.toSpliced(at, 2) };
}
