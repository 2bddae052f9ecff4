import { expect, test } from 'vitest';

import { applyChange, previewToken, type TenantChange } from './tenant-change.js';

const alice = { kind: 'User', name: 'alice', role: 'tenant-admin' } as const;
const tenant = {
  displayName: 'Acme',
  externalId: 'cus_1',
  members: [alice],
  labels: { a: '1', b: '2' },
  planId: 'team',
  planVersion: 3,
};

test('fields absent from a patch stay unchanged, and null clears', () => {
  expect(applyChange(tenant, {}, null)).toEqual(tenant);
  expect(applyChange(tenant, { externalId: null, labels: { a: null, c: '3' } }, null)).toEqual({
    ...tenant,
    externalId: null,
    labels: { b: '2', c: '3' },
  });
  expect(applyChange(tenant, { members: [] }, { planId: 'free', version: 1 })).toMatchObject({
    members: [],
    planId: 'free',
    planVersion: 1,
  });
});

test('a token is independent of the order of fields', () => {
  const token = (id: string, generation: number, planVersion: number, change: TenantChange): string =>
    previewToken({ id, generation }, { planId: 'free', planVersion }, change);
  const change = { displayName: 'X', labels: { a: '1', b: null } };
  const same = token('t', 1, 1, { labels: { b: null, a: '1' }, displayName: 'X', plan: undefined });
  expect(same).toBe(token('t', 1, 1, change));
  const others = [
    token('u', 1, 1, change),
    token('t', 2, 1, change),
    token('t', 1, 2, change),
    token('t', 1, 1, { ...change, externalId: null }),
    token('t', 1, 1, { ...change, labels: { a: '1' } }),
  ];
  expect(new Set([...others, same]).size).toBe(others.length + 1);
});
