import { expect, test } from 'vitest';
import { z } from 'zod';

import { secret, withoutSecrets } from './secret-members.js';

const hidden = z.string().meta(secret);

test.for<[string, z.ZodType, unknown, unknown]>([
  ['a value', hidden, 's', null],
  ['a member', z.strictObject({ id: z.string(), key: hidden }), { id: 'a', key: 's' }, { id: 'a', key: null }],
  ['a nullable member', z.object({ key: hidden.nullable() }), { key: 's' }, { key: null }],
  ['an optional member with a default', z.object({ key: hidden.optional().default('s') }), { key: 't' }, { key: null }],
  [
    'a member of items',
    z.array(z.object({ key: hidden })),
    [{ key: 's' }, { key: 't' }],
    [{ key: null }, { key: null }],
  ],
  ['values of a record', z.record(z.string(), hidden), { a: 's' }, { a: null }],
  [
    'a member in one branch',
    z.union([z.object({ a: z.string() }), z.object({ key: hidden })]),
    { key: 's' },
    { key: null },
  ],
  [
    'a member of an intersection',
    z.intersection(z.object({ id: z.string() }), z.object({ key: hidden })),
    { id: 'a', key: 's' },
    { id: 'a', key: null },
  ],
  ['a transformed member', z.object({ key: hidden.transform((text) => text.length) }), { key: 's' }, { key: null }],
  ['a recursive member', z.lazy(() => z.object({ key: hidden })), { key: 's' }, { key: null }],
])('%s that is secret is left out', ([, schema, value, expected]) => {
  expect(withoutSecrets(schema, value)).toEqual(expected);
});

test('everything else stays, also what the schema does not know', () => {
  const schema = z.object({ name: z.string(), list: z.array(z.int()).nullable() });
  for (const value of [{ name: 'a', list: [1], more: { key: 'x' } }, { name: 'a', list: null }, null, 'text', [1]]) {
    expect(withoutSecrets(schema, value)).toEqual(value);
  }
});
