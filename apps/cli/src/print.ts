import { stringify } from 'yaml';

/** A column of a table: its heading, and the member of the item that it shows, by its path. */
export type Column = readonly [heading: string, path: string];

/** Columns by the name of the schema of a page or list; other lists show the first members that fit a column. */
const columnsBySchema: Record<string, readonly Column[]> = {
  TenantPage: [
    ['SLUG', 'slug'],
    ['PHASE', 'phase'],
    ['PLAN', 'plan'],
    ['EXTERNAL ID', 'externalId'],
    ['ID', 'id'],
  ],
  PlanPage: [
    ['ID', 'id'],
    ['NAME', 'displayName'],
    ['VERSION', 'latestVersion'],
  ],
  OperationPage: [
    ['ID', 'id'],
    ['KIND', 'kind'],
    ['STATE', 'state'],
    ['TENANT', 'tenantId'],
    ['CREATED', 'createdAt'],
    ['ERROR', 'error.message'],
  ],
  AuditEventPage: [
    ['TIME', 'at'],
    ['BY', 'actor'],
    ['ACTION', 'action'],
    ['TENANTS', 'tenantIds'],
    ['ID', 'id'],
  ],
};

type Item = Record<string, unknown>;

/**
 * Returns the lines of an answer for people: a table for a list, YAML for one resource. Control characters are escaped,
 * because what a tenant named could otherwise steer the terminal (CWE-150).
 * @param schema the name of the answer's schema
 */
export function readable(answer: unknown, schema: string | null): string {
  const items = itemsOf(answer);
  if (items === null) return visible(stringify(answer, { lineWidth: 0 }).trimEnd());
  if (items.length === 0) return 'None.';
  return table(items, columnsBySchema[schema ?? ''] ?? columnsFor(items));
}

/** Returns an answer as JSON in which a terminal finds no control characters. */
export function json(answer: unknown): string {
  return visible(JSON.stringify(answer, null, 2));
}

/** Returns a table with aligned columns; the last is not padded. */
export function table(items: readonly Item[], columns: readonly Column[]): string {
  const rows = [
    columns.map(([heading]) => heading),
    ...items.map((item) => columns.map(([, path]) => cell(item, path))),
  ];
  const widths = columns.map((_, index) => Math.max(...rows.map((row) => (row[index] ?? '').length)));
  const lines = rows.map((row) => row.map((text, index) => text.padEnd(widths[index] ?? 0)).join('  '));
  return lines.map((line) => line.trimEnd()).join('\n');
}

/** Returns a text with control characters, but for line ends, written as escapes. */
export function visible(text: string): string {
  return text.replaceAll(/[^\P{C}\n]/gu, (character) => `\\u{${character.codePointAt(0)?.toString(16) ?? ''}}`);
}

function itemsOf(answer: unknown): Item[] | null {
  if (typeof answer !== 'object' || answer === null || !('items' in answer)) return null;
  return Array.isArray(answer.items) ? (answer.items as Item[]) : null;
}

/** The first six members of the items that fit a column. */
function columnsFor(items: readonly Item[]): Column[] {
  const names = [...new Set(items.flatMap((item) => Object.keys(item)))];
  const fits = (value: unknown): boolean => value === null || typeof value !== 'object';
  return names
    .filter((name) => items.every((item) => fits(item[name])))
    .slice(0, 6)
    .map((name) => [name.replaceAll(/(?=[A-Z])/g, ' ').toUpperCase(), name]);
}

function cell(item: Item, path: string): string {
  const value = path
    .split('.')
    .reduce<unknown>((node, step) => (typeof node === 'object' ? (node as Item | null)?.[step] : undefined), item);
  return visible(wordsOf(value)).replaceAll('\n', ' ');
}

function wordsOf(value: unknown): string {
  if (value === null || value === undefined) return '-';
  if (Array.isArray(value)) return value.map(wordsOf).join(',');
  if (typeof value !== 'object') return typeof value === 'string' ? value : JSON.stringify(value);
  // A version of a plan or a policy.
  if ('id' in value && 'version' in value) return `${wordsOf(value.id)} v${wordsOf(value.version)}`;
  return JSON.stringify(value);
}
