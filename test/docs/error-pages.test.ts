import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DomainError, type ProblemCode, problemTitles } from '#problems';
import { describe, expect, test } from 'vitest';

import { RateExceeded } from '../../apps/api/src/http/rate-exceeded.js';
import { problemOf, problemSchema } from '../../apps/api/src/http/problem.schema.js';

const folder = join(import.meta.dirname, '../../docs/errors');
const codes = Object.keys(problemTitles) as ProblemCode[];

test('every problem has a page, and every page a problem', () => {
  const pages = readdirSync(folder).map((file) => file.replace(/\.md$/, ''));
  expect(pages.sort(), 'docs/errors/ and libs/problems/problem-code.ts differ').toEqual([...codes].sort());
});

describe.each(codes)('docs/errors/%s.md', (code) => {
  const page = readFileSync(join(folder, `${code}.md`), 'utf8');

  test('has the code and its title as its heading', () => {
    expect(page.split('\n')[0]).toBe(`# \`${code}\`: ${problemTitles[code]}`);
  });

  test('describes the remedy', () => {
    expect(page).toMatch(/^## What to do\n\n\S/m);
  });

  test('shows a response in the form of the API', () => {
    const [, json = ''] = /```json\n(.*?)```/s.exec(page) ?? [];
    const example = problemSchema.parse(JSON.parse(json));
    const { detail, errors, instance, requestId, 'violated-policies': [policy] = [] } = example;
    const error =
      policy === undefined ? new DomainError(code, detail, { errors }) : new RateExceeded(detail, policy, 1);
    expect(example).toEqual(problemOf(error, { path: instance, id: requestId, publicUrl: '' }));
    expect(page).toContain(`HTTP status ${example.status}:`);
  });
});
