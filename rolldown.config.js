// Programs are bundled from the output of `nest build`. A process then reads a handful of files instead of thousands,
// which halves the time and the processor time of every start.
import { globSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { defineConfig } from 'rolldown';
import { licensePlugin } from 'rolldown-license-plugin';

/**
 * Files that are started or loaded by their path keep their place and name; everything else becomes part of them or a
 * chunk.
 */
const programs = ['apps/*/src/main.ts', 'apps/api/src/commands/*.ts', 'migrations/*.ts'];

/** Threads are loaded from the folder of the program that they belong to. */
const threads = { 'apps/api/src/reachability.thread': 'build/apps/api/src/reachability/reachability.thread.js' };

const names = globSync(programs, { cwd: import.meta.dirname })
  .map((file) => file.slice(0, -'.ts'.length))
  .sort();

/**
 * `@nestjs/typeorm` loads two classes from the installed TypeORM, if there is one, that 1.0 no longer has. That would
 * load all of TypeORM a second time.
 */
const absentFromTypeorm = {
  name: 'absent-from-typeorm',
  load: {
    filter: { id: /@nestjs\/typeorm\/dist\/common\/typeorm-compat\.js$/ },
    handler: () => 'export const Connection = undefined;\nexport const AbstractRepository = undefined;\n',
  },
};

/** Licences (SPDX) of packages that may be part of an image, as long as the image contains their texts. */
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

/** Returns the texts of files at the root of a package. */
function filesOf(name, pattern) {
  const folder = join(import.meta.dirname, 'node_modules', name);
  const files = readdirSync(folder).filter((file) => pattern.test(file));
  return files.map((file) => readFileSync(join(folder, file), 'utf8'));
}

/**
 * A bundle does not contain the licence files of packages, so their texts are written to a file next to it. Any other
 * licence fails the build.
 */
const licenses = licensePlugin({
  // For pause 0.0.1 only its Readme.md says that its licence is MIT.
  allow: ({ name, license }) => allowed.has(license) || name === 'pause',
  failOnViolation: true,
  failOnUnlicensed: true,
  done: (packages, context) => {
    const texts = packages.map(({ name, version, license, licenseText }) => {
      // Some packages have their licence only in their Readme.md; some have notices in addition to their licence.
      const extra = licenseText === '' ? filesOf(name, /^readme/i) : filesOf(name, /notice/i);
      return [`${name} ${version} (${license})`, licenseText, ...extra, ''].map((text) => text.trim()).join('\n\n');
    });
    context.emitFile({ type: 'asset', fileName: 'LICENSES.txt', source: texts.join(`\n${'-'.repeat(120)}\n\n`) });
  },
});

export default defineConfig({
  input: { ...Object.fromEntries(names.map((name) => [name, `build/${name}.js`])), ...threads },
  platform: 'node',
  plugins: [absentFromTypeorm, licenses],
  // It is located by its path on disk, where the files of the Swagger UI are.
  external: [/^swagger-ui-dist(\/|$)/],
  onLog(level, log, report) {
    // Optional drivers and adapters, which libraries load only when they are used.
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
