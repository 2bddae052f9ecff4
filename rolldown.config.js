// What runs is bundled from what `nest build` compiled. A process reads a handful of files instead of thousands, which
// halves the time and the processor time of every start.
import { globSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { defineConfig } from 'rolldown';
import { licensePlugin } from 'rolldown-license-plugin';

/** What is started, or loaded by its path, keeps its place and name; everything else becomes part of it or a chunk. */
const programs = ['apps/*/src/main.ts', 'apps/api/src/commands/*.ts', 'migrations/*.ts'];

/** Threads are looked for beside the program that they are a part of. */
const threads = { 'apps/api/src/reachability.thread': 'build/apps/api/src/reachability/reachability.thread.js' };

const names = globSync(programs, { cwd: import.meta.dirname })
  .map((file) => file.slice(0, -'.ts'.length))
  .sort();

/**
 * `@nestjs/typeorm` looks into the installed TypeORM, if there is one, for two classes that 1.0 no longer has. That would
 * load all of it a second time.
 */
const absentFromTypeorm = {
  name: 'absent-from-typeorm',
  load: {
    filter: { id: /@nestjs\/typeorm\/dist\/common\/typeorm-compat\.js$/ },
    handler: () => 'export const Connection = undefined;\nexport const AbstractRepository = undefined;\n',
  },
};

/** Licences (SPDX) that let what they cover be a part of an image, as long as their texts go with it. */
const allowed = new Set([
  '0BSD',
  'Apache-2.0',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'BlueOak-1.0.0',
  'ISC',
  'MIT',
  'Unlicense',
]);

/** The texts of files at the root of a package. */
function filesOf(name, pattern) {
  const folder = join(import.meta.dirname, 'node_modules', name);
  const files = readdirSync(folder).filter((file) => pattern.test(file));
  return files.map((file) => readFileSync(join(folder, file), 'utf8'));
}

/** A bundle leaves the licence files of packages behind, so their texts are put beside it. Another licence ends the build. */
const licenses = licensePlugin({
  // Of pause 0.0.1 only its Readme.md says that its licence is MIT's.
  allow: ({ name, license }) => allowed.has(license) || name === 'pause',
  failOnViolation: true,
  failOnUnlicensed: true,
  done: (packages, context) => {
    const texts = packages.map(({ name, version, license, licenseText }) => {
      // Some say it in their Readme.md alone; some have notices beside their licence.
      const further = licenseText === '' ? filesOf(name, /^readme/i) : filesOf(name, /notice/i);
      return [`${name} ${version} (${license})`, licenseText, ...further, ''].map((text) => text.trim()).join('\n\n');
    });
    context.emitFile({ type: 'asset', fileName: 'LICENSES.txt', source: texts.join(`\n${'-'.repeat(120)}\n\n`) });
  },
});

export default defineConfig({
  input: { ...Object.fromEntries(names.map((name) => [name, `build/${name}.js`])), ...threads },
  platform: 'node',
  plugins: [absentFromTypeorm, licenses],
  // Is found by its place on the disk, where the files of the Swagger UI lie.
  external: [/^swagger-ui-dist(\/|$)/],
  onLog(level, log, report) {
    // Drivers and adapters that libraries can do without, and look for when they are used.
    const isOptional = log.code === 'UNRESOLVED_IMPORT' && /\bnode_modules\//.test(log.message);
    if (isOptional) return;
    report(level === 'warn' ? 'error' : level, log);
  },
  output: {
    dir: 'dist',
    cleanDir: true,
    entryFileNames: '[name].js',
    chunkFileNames: 'chunks/[name]-[hash].js',
    // TypeORM, logs and messages use the names of classes.
    keepNames: true,
  },
});
