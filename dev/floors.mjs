// `node dev/floors.mjs`: counts folders that import each other in a circle, and imports inside the engine that run back up.
// Each imported name is followed through `#library` and its index.ts to the file that defines it.
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import ts from 'typescript';
import { root } from './paths.mjs';

/** Rooms of the engine, from the ground up. A room imports itself and those on lower floors. */
const engineFloors = [
  ['lease'],
  ['pass'],
  ['observe'],
  ['apply'],
  ['workloads', 'holds', 'drift', 'deletion'],
  ['settle'],
  ['preview', 'reconcile'],
  ['wake'],
];

const sources = ['apps', 'libs'].flatMap(typescriptBelow);
const parsed = new Map(sources.map((file) => [file, parse(file)]));
const arrows = sources.flatMap(arrowsFrom);
const circles = circlesOf(arrows.map(({ from, to }) => [dirname(from), dirname(to)]));
const risers = arrows.filter(isClimbing);

console.log(`${sources.length} files, ${arrows.length} imports between folders`);
console.log(`folders in a circle: ${circles.flat().length}`);
for (const circle of circles) console.log(`  ${circle.join(' ')}`);
console.log(`imports that run back up inside the engine: ${risers.length}`);
for (const { from, to } of risers) console.log(`  ${from} -> ${to}`);
process.exitCode = circles.length + risers.length === 0 ? 0 : 1;

/** The product's sources below a folder, relative to the root. Tests are not part of the shape. */
function typescriptBelow(folder) {
  return readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /(?<!\.test|\.d)\.ts$/.test(entry.name))
    .map((entry) => relative(root, join(entry.parentPath, entry.name)));
}

/** Each name that a file imports or hands on: `{name, from}`, where `from` is a file of the product. */
function parse(file) {
  const { statements } = ts.createSourceFile(file, readFileSync(join(root, file), 'utf8'), ts.ScriptTarget.Latest);
  const [imported, handedOn] = [[], new Map()];
  for (const statement of statements) {
    const specifier = statement.moduleSpecifier?.text;
    if (specifier === undefined || !/^[.#]/.test(specifier)) continue;
    const from = specifier.startsWith('#')
      ? `libs/${specifier.slice(1)}/index.ts`
      : join(dirname(file), specifier).replace(/\.js$/, '.ts');
    const elements = (statement.importClause?.namedBindings ?? statement.exportClause)?.elements ?? [];
    for (const element of elements) {
      const name = (element.propertyName ?? element.name).text;
      imported.push({ name, from });
      if (ts.isExportDeclaration(statement)) handedOn.set(element.name.text, { name, from });
    }
  }
  return { imported, handedOn };
}

/** The file that defines a name, wherever the name is handed on. */
function definedIn({ name, from }) {
  const next = parsed.get(from)?.handedOn.get(name);
  return next === undefined ? from : definedIn(next);
}

function arrowsFrom(file) {
  const { imported } = parsed.get(file);
  const targets = new Set(imported.map(definedIn));
  return [...targets].filter((to) => dirname(to) !== dirname(file)).map((to) => ({ from: file, to }));
}

function isClimbing({ from, to }) {
  const floorOf = (file) =>
    engineFloors.findIndex((rooms) => rooms.includes(/^libs\/engine\/([^/]+)\//.exec(file)?.[1]));
  const roomOf = (file) => file.split('/')[2];
  const [start, end] = [floorOf(from), floorOf(to)];
  return start !== -1 && end !== -1 && end >= start && roomOf(from) !== roomOf(to);
}

/** Strongly connected components of more than one folder (Tarjan 1972). */
function circlesOf(edges) {
  const graph = new Map();
  for (const [from, to] of edges) graph.set(from, (graph.get(from) ?? new Set()).add(to));
  const [number, low, stack, found] = [new Map(), new Map(), [], []];
  const visit = (node) => {
    number.set(node, number.size);
    low.set(node, number.get(node));
    stack.push(node);
    for (const next of graph.get(node) ?? []) {
      if (!number.has(next)) visit(next);
      if (stack.includes(next)) low.set(node, Math.min(low.get(node), low.get(next)));
    }
    if (low.get(node) !== number.get(node)) return;
    const circle = stack.splice(stack.indexOf(node));
    if (circle.length > 1) found.push(circle.sort());
  };
  for (const node of graph.keys()) if (!number.has(node)) visit(node);
  return found;
}
