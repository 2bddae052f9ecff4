import { relative } from 'node:path';
import { root } from './paths.mjs';

const unexplained = { reason: 'a hook before them failed, or no reason is given', remedy: null };

/**
 * Returns the lines of a list of all skipped tests, by what is missing: its remedy, and the files and suites that it
 * concerns. Returns no lines if no test was skipped.
 * @param {object} report of vitest's JSON reporter; tests have what is missing in `meta.missing`
 */
export function listOfSkipped(report) {
  const groups = new Map();
  for (const { name: file, assertionResults } of report?.testResults ?? []) {
    for (const { status, meta, ancestorTitles, title } of assertionResults) {
      if (!isSkipped(status)) continue;
      const { reason, remedy } = meta?.missing ?? unexplained;
      const key = JSON.stringify([reason, remedy]);
      const group = groups.get(key) ?? { reason, remedy, count: 0, places: new Map() };
      const suite = ancestorTitles.find((ancestor) => ancestor !== '') ?? title;
      const place = `${relative(root, file)}: ${suite}`;
      group.count += 1;
      group.places.set(place, (group.places.get(place) ?? 0) + 1);
      groups.set(key, group);
    }
  }
  return [...groups.values()]
    .toSorted((a, b) => b.count - a.count)
    .flatMap(({ reason, remedy, count, places }) => [
      `  ${String(count).padStart(4)} skipped: ${reason}`,
      ...(remedy === null ? [] : [`       to run them: ${remedy}`]),
      ...[...places].map(([place, tests]) => `       ${place}${tests === 1 ? '' : ` (${tests})`}`),
    ]);
}

function isSkipped(status) {
  return !['passed', 'failed'].includes(status);
}
