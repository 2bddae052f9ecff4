// `npm test [-- FILTERS]`: runs all checks and tests. The last line is `N passed, N failed, N skipped`.
import { rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { childEnvironment } from './environment.mjs';
import { runMain } from './main.mjs';
import { root } from './paths.mjs';
import { readJson } from './private-files.mjs';
import { seconds } from './progress.mjs';
import { listOfSkipped } from './skipped-tests.mjs';

/** Suites that are not a folder of test/. */
const suites = { provisioning: 'test/engine/' };
const filters = process.argv.slice(2).map((filter) => suites[filter] ?? filter);

await runMain(import.meta.url, run, { atFailure: () => console.log(verdict({ passed: 0, failed: 1, skipped: 0 })) });

async function run({ supervisor }) {
  const setUpStarted = performance.now();
  const [{ ensureBuild }, { ensureControlPlaneBinary, ensurePolicyJudge }, { ensureTestPrograms }] = await Promise.all([
    import('./build.mjs'),
    import('./stack.mjs'),
    import('./test-programs.mjs'),
  ]);
  await ensureControlPlaneBinary({ supervisor });
  await ensurePolicyJudge({ supervisor });
  await ensureTestPrograms({ filters, supervisor });
  await ensureBuild(supervisor);
  const times = [`set-up ${seconds(setUpStarted)}`];

  const checksStarted = performance.now();
  const checksPassed = filters.length > 0 || (await runChecks(supervisor));
  if (filters.length === 0) times.push(`checks ${seconds(checksStarted)}`);

  const testsStarted = performance.now();
  const { counts, skipped } = await runTests(supervisor);
  times.push(`tests ${seconds(testsStarted)}`);
  if (!checksPassed) counts.failed += 1;

  if (skipped.length > 0) console.log(`\nSkipped tests:\n${skipped.join('\n')}`);
  console.log(`\n${times.join(', ')}`);
  if (!checksPassed) console.log('`npm run check` failed, see above');
  console.log(verdict(counts));
  return counts.failed === 0 ? 0 : 1;
}

/** Runs everything that `npm run check` does, two at a time. The output of each is shown when it has ended. */
async function runChecks(supervisor) {
  const names = Object.keys(readJson(join(root, 'package.json')).scripts).filter((name) => name.startsWith('check:'));
  const { default: pMap } = await import('p-map');
  const check = async (name) => {
    const { code, output } = await supervisor.run({
      command: 'npm',
      args: ['run', '--silent', name],
      cwd: root,
      env: childEnvironment(),
    });
    if (output.trim() !== '') console.log(output.trim());
    return code === 0;
  };
  const passed = await pMap(names, check, { concurrency: 2 });
  return passed.every(Boolean);
}

async function runTests(supervisor) {
  const reportFile = join(tmpdir(), `bulkhead-test-report-${process.pid}.json`);
  const { code } = await supervisor.run({
    command: process.execPath,
    args: [
      join(root, 'node_modules/vitest/vitest.mjs'),
      'run',
      ...filters,
      '--reporter=default',
      '--reporter=json',
      `--outputFile.json=${reportFile}`,
    ],
    cwd: root,
    env: childEnvironment(),
    show: true,
  });
  const report = readJson(reportFile);
  rmSync(reportFile, { force: true });
  if (filters.length === 0) console.log(`\nLongest test files:\n${longestOf(report).join('\n')}`);
  return { counts: countsOf(report, code), skipped: listOfSkipped(report) };
}

/** The test files that took longest, each with its time. */
function longestOf(report) {
  const files = (report?.testResults ?? []).map(({ name, startTime, endTime }) => ({ name, ms: endTime - startTime }));
  const longest = files.toSorted((a, b) => b.ms - a.ms).slice(0, 20);
  return longest.map(({ name, ms }) => `  ${(ms / 1_000).toFixed(1).padStart(6)} s  ${relative(root, name)}`);
}

/**
 * Returns the counts that vitest reported. Failures outside of tests (a file that does not load, no test at all) count
 * too.
 */
function countsOf(report, code) {
  const passed = report?.numPassedTests ?? 0;
  const skipped = (report?.numPendingTests ?? 0) + (report?.numTodoTests ?? 0);
  const files = report?.testResults ?? [];
  const broken = files.filter(
    ({ status, assertionResults }) => status === 'failed' && !assertionResults.some((each) => each.status === 'failed'),
  );
  const failed = (report?.numFailedTests ?? 0) + broken.length;
  const isSilentFailure = failed === 0 && (code !== 0 || passed === 0);
  return { passed, failed: isSilentFailure ? 1 : failed, skipped };
}

function verdict({ passed, failed, skipped }) {
  return `${passed} passed, ${failed} failed, ${skipped} skipped`;
}
