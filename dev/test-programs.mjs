import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { testPrograms, unbuiltPrograms } from './go-binaries.mjs';
import { root } from './paths.mjs';
import { step } from './progress.mjs';

/**
 * Builds the programs that test files start, one after another and with progress, so that none is built beside tests
 * whose time it would take.
 * @param {{ filters: readonly string[], supervisor: import('./processes.mjs').Supervisor }} options parts of the paths
 *   of test files; none for all
 */
export async function ensureTestPrograms({ filters, supervisor }) {
  for (const { title, build } of unbuiltPrograms(programsFor(filters))) {
    await step(`Build ${title} for tests (once, minutes)`, (tell) => build({ supervisor, tell }));
  }
}

/**
 * Returns the names of the programs that test files start, found in their sources and in what those import.
 * @param {readonly string[]} filters parts of the paths of test files; none for all
 */
export function programsFor(filters) {
  const files = readdirSync(join(root, 'test'), { recursive: true })
    .filter((file) => file.endsWith('.test.ts'))
    .map((file) => join(root, 'test', file))
    .filter((file) => filters.length === 0 || filters.some((filter) => relative(root, file).includes(filter)));
  const seen = new Set();
  const text = files.map((file) => sourcesFrom(file, seen)).join('\n');
  return Object.keys(testPrograms).filter((name) => text.includes(testPrograms[name].call));
}

/** Returns the text of a source file and of the other ones in test/ that it imports. */
function sourcesFrom(file, seen) {
  if (seen.has(file) || !existsSync(file)) return '';
  seen.add(file);
  const text = readFileSync(file, 'utf8');
  const imported = [...text.matchAll(/ from '(\.[^']+)\.js'/g)].map(([, path]) => join(dirname(file), `${path}.ts`));
  return [text, ...imported.map((each) => sourcesFrom(each, seen))].join('\n');
}
