import { globSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const root = join(import.meta.dirname, '../..');
const read = (file: string): string => readFileSync(join(root, file), 'utf8');

function foldersOf(folder: string): string[] {
  return readdirSync(join(root, folder), { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name);
}

/** Every folder that the map of CONTRIBUTING.md names, as a path; children are indented below their parent. */
function contributingMap(): string[] {
  const [, map = ''] = /^## Where things are\n\n```\n(.*?)```/ms.exec(read('CONTRIBUTING.md')) ?? [];
  const lines = [...map.matchAll(/^( {0,2})([\w-]+)\/ /gm)];
  let parent = '';
  return lines.map(([, indent, name = '']) => {
    if (indent === '') parent = name;
    return indent === '' ? name : `${parent}/${name}`;
  });
}

test('the map of CONTRIBUTING.md has every folder at the top, of apps/ and of libs/ exactly once, and no other', () => {
  const ignored = new Set(read('.gitignore').replaceAll('/', '').split('\n'));
  const top = foldersOf('.').filter((name) => !name.startsWith('.') && !ignored.has(name));
  const nested = ['apps', 'libs'].flatMap((folder) => foldersOf(folder).map((name) => `${folder}/${name}`));
  expect(contributingMap().sort()).toEqual([...top, ...nested].sort());
});

/** The floor of each library, by the table of docs/architecture.md; the ground floor is 1. */
function floorsInPage(): [library: string, floor: number][] {
  const [, section = ''] = /^## Libraries\n(.*?)^## /ms.exec(read('docs/architecture.md')) ?? [];
  const rows = [...section.matchAll(/^\| +(\d+) \| `([\w/-]+)` +\|/gm)];
  return rows.map(([, floor, library = '']) => [library, Number(floor)]);
}

/** The library that a source belongs to; the files below `worker/` form one of their own. */
function libraryOf(file: string): string {
  const [, library = '', worker = ''] = /^libs\/([^/]+)(\/worker(?=\/))?/.exec(file) ?? [];
  return library + worker;
}

/** Each import of one library by another, types included, as `importer → imported`. */
function importsInSources(): { from: string; to: string; file: string }[] {
  const sources = globSync('libs/**/*.ts', { cwd: root }).filter((file) => !/\.(test|d)\.ts$/.test(file));
  return sources.flatMap((file) => {
    const from = libraryOf(file);
    const specifiers = [...read(file).matchAll(/(?:\bfrom|\bimport)\s*\(?\s*'([#.][^']+)'/g)];
    return specifiers
      .map(([, specifier = '']) =>
        specifier.startsWith('#') ? specifier.slice(1) : libraryOf(join(file, '..', specifier)),
      )
      .filter((to) => to !== from)
      .map((to) => ({ from, to, file }));
  });
}

test('the floors of docs/architecture.md have every library exactly once, and no other', () => {
  const libraries = foldersOf('libs');
  const halves = libraries.filter((name) => foldersOf(`libs/${name}`).includes('worker'));
  const expected = [...libraries, ...halves.map((name) => `${name}/worker`)];
  expect(
    floorsInPage()
      .map(([library]) => library)
      .sort(),
  ).toEqual(expected.sort());
});

test('the floors of docs/architecture.md run from the top to the ground and leave none out', () => {
  const floors = floorsInPage().map(([, floor]) => floor);
  expect(floors).toEqual(floors.toSorted((a, b) => b - a));
  expect([...new Set(floors)]).toEqual(
    Array.from({ length: Math.max(...floors) }, (_, at) => Math.max(...floors) - at),
  );
});

test('every import of one library by another goes to a lower floor', () => {
  const floors = new Map(floorsInPage());
  const imports = importsInSources();
  expect(imports.length).toBeGreaterThan(100);
  const floorOf = (library: string): number => floors.get(library) ?? Infinity;
  const wrong = imports.filter(({ from, to }) => floorOf(to) >= floorOf(from));
  expect(wrong).toEqual([]);
});

test('npm run check:imports enforces the same floors', async () => {
  const { floors } = (await import(join(root, '.dependency-cruiser.js'))) as { floors: string[][] };
  const enforced = floors.flatMap((libraries, depth) => libraries.map((library) => [library, floors.length - depth]));
  expect(floorsInPage().sort()).toEqual(enforced.sort());
});
