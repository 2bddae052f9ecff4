import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { problemTitles } from '#problems';
import { describe, expect, test } from 'vitest';

const root = join(import.meta.dirname, '../..');
const read = (file: string): string => readFileSync(join(root, file), 'utf8');

/** How the summary of an endpoint can begin. Add a verb only if no listed one says the same. */
const verbs = [
  'Create',
  'Import',
  'List',
  'Get',
  'Update',
  'Delete',
  'Add',
  'Remove',
  'Replace',
  'Rotate',
  'Issue',
  'Revoke',
  'Pause',
  'Resume',
  'Cancel',
  'Retry',
  'Abort',
  'Stop',
  'Start',
  'Roll back',
  'Place',
  'Lift',
  'Consent to',
  'Preview',
  'Check',
  'Compare',
  'Test',
  'Follow',
];

/**
 * Words that the glossary rules out as the name of one thing, and that are right in their ordinary sense: an endpoint can
 * update, a request can be malformed.
 */
const ordinary = ['update', 'request', 'run', 'turn', 'end', 'step', 'close', 'try'];

/** Riddles of translated English, wherever they stand. */
const idioms = [
  'somebody',
  'nobody',
  'whoever',
  'anybody',
  'everybody',
  'meanwhile',
  'beside',
  'stands',
  'stand',
  'wanted',
  'let go',
  'of its own',
  'of their own',
  'by itself',
  'leads',
  'led',
  'give up',
  'gives up',
  'go on',
  'kept apart',
];

/** The third column of the glossary's tables, a word each. Words ruled out in one sense only have it in parentheses. */
function ruledOut(): string[] {
  const rows = [...read('docs/glossary.md').matchAll(/^\|(?! ?-)[^|]+\|[^|]+\|([^|]*)\|$/gm)];
  const words = rows.flatMap(([, cell = '']) => cell.split(','));
  const whole = words.map((word) => word.trim()).filter((word) => !word.includes('('));
  return whole.filter((word) => !['', 'Do not write', ...ordinary].includes(word));
}

const forbidden = [...ruledOut(), ...idioms];

function forbiddenIn(text: string): string[] {
  const rest = text.replaceAll(/\bthis way\b/g, '');
  return forbidden.filter((word) => new RegExp(`\\b${word}s?\\b`, 'i').test(rest));
}

test('the glossary rules out words, and none of them is a term of its own', () => {
  const terms = [...read('docs/glossary.md').matchAll(/^\| ([a-z][^|]*?) +\|/gm)].flatMap(([, cell = '']) =>
    cell.split(', '),
  );
  expect(terms).toContain('tenant');
  expect(forbidden).toContain('way in');
  expect(forbidden.filter((word) => terms.includes(word))).toEqual([]);
});

describe('titles of problems', () => {
  test.each(Object.entries(problemTitles))('%s: %s', (_code, title: string) => {
    expect(forbiddenIn(title)).toEqual([]);
    expect(title.length).toBeLessThanOrEqual(80);
    expect(title).toMatch(/^[A-Z].*[^.!?:;,\s]$/);
  });
});

describe('summaries of endpoints', () => {
  const summaries = globSync('apps/api/src/**/*.controller.ts', { cwd: root }).flatMap((file) =>
    [...read(file).matchAll(/\bsummary:\s*(['"`])(.+?)\1/g)].map(([, , summary = '']) => summary),
  );

  test('every endpoint has one, and no two are the same', () => {
    const endpoints = globSync('apps/api/src/**/*.controller.ts', { cwd: root }).flatMap((file) => [
      ...read(file).matchAll(/^ {2}@(?:Get|Post|Put|Patch|Delete|Sse)\(/gm),
    ]);
    expect(summaries).toHaveLength(endpoints.length);
    expect(new Set(summaries).size).toBe(summaries.length);
  });

  test.each(summaries)('%s', (summary) => {
    expect(verbs.filter((verb) => summary.startsWith(`${verb} `))).toHaveLength(1);
    expect(forbiddenIn(summary)).toEqual([]);
    expect(summary.length).toBeLessThanOrEqual(80);
    expect(summary).toMatch(/[^.!?:;,\s]$/);
  });
});
