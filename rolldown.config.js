// What runs is bundled from what `nest build` compiled. A process reads a handful of files instead of thousands, which
// halves the time and the processor time of every start.
import { globSync } from 'node:fs';
import { defineConfig } from 'rolldown';

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

export default defineConfig({
  input: { ...Object.fromEntries(names.map((name) => [name, `build/${name}.js`])), ...threads },
  platform: 'node',
  // Is found by its place on the disk, where the files of the Swagger UI lie.
  plugins: [absentFromTypeorm],
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
