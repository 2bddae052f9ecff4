import { createHash } from 'node:crypto';
import { existsSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { childEnvironment } from './environment.mjs';
import { Failure } from './failure.mjs';
import { root } from './paths.mjs';
import { readJson } from './private-files.mjs';
import { step } from './progress.mjs';
import { tail, withSetupLock } from './toolchain.mjs';

const sourceFolders = ['apps', 'libs', 'migrations'];
const settings = [
  'package.json',
  'package-lock.json',
  'nest-cli.json',
  'tsconfig.json',
  'tsconfig.build.json',
  'rolldown.config.js',
];
const stampFile = join(root, 'build/.built.json');

/** Compiles the sources into build/ and bundles them into dist/ if they changed since the last build. */
export async function ensureBuild(supervisor) {
  if (isBuilt()) return;
  await withSetupLock(async () => {
    if (isBuilt()) return;
    await step('Compile', async () => {
      const fingerprint = fingerprintOf(sources());
      // Without the stamp the content of build/ is unknown, and an incremental build would not check it.
      if (!existsSync(stampFile)) rmSync(join(root, 'build'), { recursive: true, force: true });
      rmSync(stampFile, { force: true });
      const { code, output } = await supervisor.run({
        command: 'npm',
        args: ['run', '--silent', 'build'],
        cwd: root,
        env: childEnvironment(),
      });
      if (code !== 0) throw new Failure(`\`npm run build\` failed:\n${tail(output, 40)}`);
      writeFileSync(stampFile, JSON.stringify({ fingerprint, files: filesBelow('dist') }));
    });
  });
}

function isBuilt() {
  const stamp = readJson(stampFile);
  return stamp?.fingerprint === fingerprintOf(sources()) && stamp.files.every((file) => existsSync(join(root, file)));
}

/** Every compiled source file, relative to the root. */
function sources() {
  const files = sourceFolders.flatMap((folder) => filesBelow(folder));
  return files.filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts')).sort();
}

function filesBelow(folder) {
  const entries = readdirSync(join(root, folder), { recursive: true, withFileTypes: true });
  const base = join(root, folder);
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(folder, (entry.parentPath ?? entry.path).slice(base.length), entry.name));
}

function fingerprintOf(files) {
  const hash = createHash('sha256');
  for (const file of [...settings, ...files]) {
    const { size, mtimeMs } = statSync(join(root, file));
    hash.update(`${file}:${size}:${mtimeMs}\n`);
  }
  return hash.digest('hex');
}
