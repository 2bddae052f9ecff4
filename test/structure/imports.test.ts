import { execFile } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { afterAll, beforeAll, expect, test } from 'vitest';

/** A file that breaks a rule, and what it imports: the specifier, and the file that this leads to. */
interface Breach {
  rule: string;
  file: string;
  imports: string;
  target: string;
  /** What the target imports. */
  importsBack?: string;
}

interface Rules {
  floors: string[][];
  default: { forbidden: { name: string; comment?: string }[] };
}

interface Report {
  summary: { violations: { rule: { name: string }; from: string }[] };
}

const root = path.resolve(import.meta.dirname, '../..');
const { floors, default: cruiser } = (await import(path.join(root, '.dependency-cruiser.js'))) as Rules;
const folder = mkdtempSync(path.join(tmpdir(), 'bulkhead-imports-'));
let report: Report;

const breaches: Breach[] = [
  ...floors.flatMap(breachesOfFloor),
  { ...breach('no-cycles', 'libs/plans/one.ts', './two.js', 'libs/plans/two.ts'), importsBack: './one.js' },
  breach('libs-do-not-import-apps', 'libs/problems/apps.ts', '../../apps/api/src/main.js', 'apps/api/src/main.ts'),
  breach('apps-do-not-import-each-other', 'apps/api/src/x.ts', '../../worker/src/main.js', 'apps/worker/src/main.ts'),
  breach('no-circle-of-folders', 'libs/engine/one/from.ts', '../two/to.js', 'libs/engine/two/to.ts'),
  breach('no-circle-of-folders', 'libs/engine/two/from.ts', '../one/to.js', 'libs/engine/one/to.ts'),
  // The API does not import it itself: a library that the API may import does.
  breach('api-never-reaches-clusters', 'apps/api/src/through.ts', '../../../libs/routing/x.js', 'libs/routing/x.ts'),
  breach('libs-are-imported-by-their-root', 'libs/routing/x.ts', '../kube/client.js', 'libs/kube/client.ts'),
  breach('api-never-reaches-clusters', 'apps/api/src/worker.ts', '#links/worker', 'libs/links/worker/index.ts'),
  breach('isolation-and-plans-are-pure', 'libs/isolation/clock.ts', '#persistence', 'libs/persistence/index.ts'),
  breach('observability-is-pure', 'libs/observability/asks.ts', '#kube', 'libs/kube/index.ts'),
  breach('only-traffic-asks-prometheus', 'libs/routing/asks.ts', '#traffic', 'libs/traffic/index.ts'),
  ofPackage('only-kube-imports-the-kubernetes-client', 'libs/routing/undici.ts', 'undici'),
  ofPackage('only-queue-imports-bullmq', 'libs/engine/bullmq.ts', 'bullmq'),
  breach('no-library-imports-its-own-root', 'libs/plans/inner/own.ts', '../index.js', 'libs/plans/index.ts'),
  breach('no-folders-without-a-subject', 'libs/plans/tidy.ts', './utils/any.js', 'libs/plans/utils/any.ts'),
  ofPackage('product-uses-no-development-dependency', 'libs/plans/checked.ts', 'fast-check'),
];

function breach(rule: string, file: string, imports: string, target: string): Breach {
  return { rule, file, imports, target };
}

function ofPackage(rule: string, file: string, name: string): Breach {
  return { rule, file, imports: name, target: `node_modules/${name}/index.js` };
}

/** For each library of a floor one import of a higher floor, and one of a neighbour. */
function breachesOfFloor(libs: string[], depth: number): Breach[] {
  const named = (rule: string): string => rule.replaceAll('/', '-');
  const doorOf = (lib: string): string => `libs/${lib}/index.ts`;
  return libs.flatMap((lib) => {
    const [higher] = floors[depth - 1] ?? [];
    const neighbour = libs.find((other) => other !== lib);
    return [
      ...(higher === undefined
        ? []
        : [
            breach(named(`${libs.join('-')}-import-nothing-higher`), `libs/${lib}/up.ts`, `#${higher}`, doorOf(higher)),
          ]),
      ...(neighbour === undefined
        ? []
        : [breach(named(`${lib}-imports-no-neighbour`), `libs/${lib}/aside.ts`, `#${neighbour}`, doorOf(neighbour))]),
    ];
  });
}

beforeAll(async () => {
  const write = (file: string, text: string): void => {
    mkdirSync(path.dirname(path.join(folder, file)), { recursive: true });
    writeFileSync(path.join(folder, file), text, { flag: 'a' });
  };
  for (const file of ['.dependency-cruiser.js', 'tsconfig.json', 'package.json']) {
    copyFileSync(path.join(root, file), path.join(folder, file));
  }
  for (const { file, imports, target, importsBack } of breaches) {
    write(target, importsBack === undefined ? 'export {};\n' : `import '${importsBack}';\n`);
    write(file, `import '${imports}';\n`);
  }
  for (const { target } of breaches) {
    const name = /^node_modules\/([^/]+)\//.exec(target)?.[1];
    if (name !== undefined) {
      writeFileSync(
        path.join(folder, 'node_modules', name, 'package.json'),
        JSON.stringify({ name, main: 'index.js' }),
      );
    }
  }
  report = await cruise();
}, 120_000);
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

/** Runs dependency-cruiser with the project's own rules in the folder of breaches. It ends with an error by design. */
async function cruise(): Promise<Report> {
  const program = path.join(root, 'node_modules/dependency-cruiser/bin/dependency-cruiser.mjs');
  const { stdout, stderr } = await new Promise<{ stdout: string; stderr: string }>((resolve) => {
    const options = { cwd: folder, maxBuffer: 64 * 1024 * 1024 };
    execFile(process.execPath, [program, '--output-type', 'json', 'apps', 'libs'], options, (_error, out, errors) => {
      resolve({ stdout: out, stderr: errors });
    });
  });
  if (!stdout.startsWith('{')) throw new Error(`dependency-cruiser made no report: ${stderr}`);
  return JSON.parse(stdout) as Report;
}

test.each(breaches.map((each) => [each.rule, each] as const))('%s refuses a file that breaks it', (rule, { file }) => {
  const from = rule === 'no-circle-of-folders' ? path.dirname(file) : file;
  expect(report.summary.violations.filter((each) => each.rule.name === rule).map((each) => each.from)).toContain(from);
});

test('every rule has a reason and is tried', () => {
  const rules = cruiser.forbidden;
  expect(rules.filter(({ comment }) => comment === undefined || comment.length < 20)).toEqual([]);
  expect(new Set(breaches.map(({ rule }) => rule))).toEqual(new Set(rules.map(({ name }) => name)));
});

test('every library is on a floor', () => {
  const libraries = readdirSync(path.join(root, 'libs'));
  const halves = libraries.filter((lib) => readdirSync(path.join(root, 'libs', lib)).includes('worker'));
  expect(floors.flat().sort()).toEqual([...libraries, ...halves.map((lib) => `${lib}/worker`)].sort());
});
