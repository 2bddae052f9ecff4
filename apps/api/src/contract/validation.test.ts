import { createTenantRequest, updateTenantRequest } from '../tenants/tenant.schema.js';
import { createShiftRequest } from '../routes/shift.schema.js';
import { listTenantsQuery } from '../tenants/tenant-queries.js';
import { type DomainError } from '#problems';
import { describe, expect, test } from 'vitest';
import { type z } from 'zod';

import { RequestValidation } from '../http/validation.js';

const validation = new RequestValidation();

/** Returns pointer and detail of each error; empty if the value is valid. */
function errorsOf(schema: z.ZodType, value: unknown): [pointer: string, detail: string][] {
  try {
    validation.transform(value, { type: 'body', schema });
    return [];
  } catch (error) {
    return (error as DomainError).errors.map(({ pointer, detail }) => [pointer, detail]);
  }
}

const tenant = { slug: 'acme', plan: 'team' };
const member = { kind: 'User', name: 'alice@acme.example', role: 'tenant-admin' };
const hidden =
  'Must not contain control characters, characters without width, or characters that change the writing direction.';

describe('an error names the member and what is required of it, in words', () => {
  test.for<[what: string, value: unknown, errors: [string, string][]]>([
    ['nothing at all', undefined, [['', 'required']]],
    ['a list', [], [['', 'must be an object']]],
    ['a forgotten plan', { slug: 'acme' }, [['/plan', 'plan: required']]],
    ['a plan that is a number', { ...tenant, plan: 1 }, [['/plan', 'plan: must be a text or an object']]],
    [
      'a plan id in capitals',
      { ...tenant, plan: 'TEAM' },
      [['/plan', 'plan: Only lower-case letters, digits and inner hyphens are allowed.']],
    ],
    ['a plan object without an id', { ...tenant, plan: {} }, [['/plan/id', 'plan.id: required']]],
    [
      'a plan version that is no integer of Postgres',
      { ...tenant, plan: { id: 'team', version: 2_147_483_648 } },
      [['/plan/version', 'plan.version: must be at most 999999999']],
    ],
    ['an unknown member of the plan', { ...tenant, plan: { id: 'team', v: 1 } }, [['/plan/v', 'Unknown field "v".']]],
    ['an empty name', { ...tenant, displayName: ' ' }, [['/displayName', 'displayName: must not be empty']]],
    [
      'a name that is too long',
      { ...tenant, displayName: 'x'.repeat(201) },
      [['/displayName', 'displayName: must have at most 200 characters']],
    ],
    [
      'a label in capitals with an umlaut',
      { ...tenant, labels: { region: 'über' } },
      [
        [
          '/labels/region',
          'labels.region: A value must be at most 63 letters, digits, dots, hyphens and underscores, and begin and end ' +
            'with a letter or digit.',
        ],
      ],
    ],
    [
      'an unknown role',
      { ...tenant, members: [{ ...member, role: 'root' }] },
      [
        [
          '/members/0/role',
          'members.0.role: must be "tenant-owner", "tenant-admin", "tenant-developer" or "tenant-viewer"',
        ],
      ],
    ],
    [
      'a member with a space at its end',
      { ...tenant, members: [{ ...member, name: 'alice ' }] },
      [
        [
          '/members/0/name',
          'members.0.name: Must not begin or end with a space, nor contain characters that cannot be seen.',
        ],
      ],
    ],
    [
      'a member who is listed twice',
      { ...tenant, members: [member, member] },
      [['/members/1', 'members.1: User alice@acme.example as tenant-admin is listed twice.']],
    ],
  ])('%s', ([, value, errors]) => {
    expect(errorsOf(createTenantRequest, value)).toEqual(errors);
  });

  test('a member with two roles is no duplicate', () => {
    const viewer = { ...member, role: 'tenant-viewer' };
    expect(errorsOf(createTenantRequest, { ...tenant, members: [member, viewer] })).toEqual([]);
  });

  test('a step with neither of two members', () => {
    const steps = [{ weight: 5 }];
    expect(errorsOf(createShiftRequest, { from: 'a', to: 'b', steps })).toEqual([
      ['/steps/0', 'steps.0: Exactly one of "pauseSeconds" and "manual" is required.'],
    ]);
  });

  test('a query parameter', () => {
    expect(errorsOf(listTenantsQuery, { limit: '0' })).toEqual([['/limit', 'limit: must be at least 1']]);
    expect(errorsOf(listTenantsQuery, { phase: 'gone' })[0]?.[1]).toMatch(/^phase: must be "pending", .* or "\w+"$/);
  });
});

describe('names that people read', () => {
  test.for([
    ['a line break', 'Acme\nGmbH'],
    ['an escape character', 'Acme\u001b[31m'],
    ['a control of the C1 set', 'Acme\u0085'],
    ['a change of direction', 'Acme\u202egnp'],
    ['an isolate', 'Acme\u2066x\u2069'],
    ['a mark of direction', 'Acme\u200f'],
    ['a space without width', 'Ac\u200bme'],
    ['a byte order mark within', 'Ac\ufeffme'],
    ['a soft hyphen', 'Ac\u00adme'],
  ])('contain no %s', ([, displayName]) => {
    const errors = [['/displayName', `displayName: ${hidden}`]];
    expect(errorsOf(createTenantRequest, { ...tenant, displayName })).toEqual(errors);
    expect(errorsOf(updateTenantRequest, { displayName })).toEqual(errors);
    expect(errorsOf(updateTenantRequest, { externalId: displayName })).toHaveLength(1);
    expect(errorsOf(updateTenantRequest, { members: [{ ...member, name: displayName }] })).not.toEqual([]);
  });

  test.for(['Müller & Söhne', '株式会社アクメ', 'شركة أكمي', 'Acme 🚀', 'O’Neill'])('can be %s', (displayName) => {
    expect(errorsOf(createTenantRequest, { ...tenant, displayName })).toEqual([]);
  });
});
