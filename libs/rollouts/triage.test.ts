import { planSpecSchema } from '#plans';
import { describe, expect, test } from 'vitest';

import { type Candidate, type Course, triage } from './triage.js';

const forward: Course = { planId: 'team', toVersion: 3, direction: 'forward' };
const back: Course = { ...forward, direction: 'back' };
const candidate: Candidate = {
  tenantId: 'a',
  slug: 'acme',
  planId: 'team',
  planVersion: 1,
  previousVersion: 1,
  moved: false,
  deletionRequestedAt: null,
  deletesAt: null,
  deletionSuspends: true,
  freeze: null,
  environments: 2,
  maxEnvironments: 5,
  mesh: planSpecSchema.parse({ quota: { cpu: '1', memory: '1Gi' } }).mesh,
  facts: null,
};
const one = (course: Course, changes: Partial<Candidate> = {}): unknown =>
  triage(course, [{ ...candidate, ...changes }], 0)[0];

describe('a tenant whose turn it is', () => {
  test('moves to the version of the rollout, or back to its own', () => {
    expect(one(forward)).toEqual({ kind: 'move', tenantId: 'a', version: 3 });
    expect(one(back, { planVersion: 3, moved: true })).toEqual({ kind: 'move', tenantId: 'a', version: 1 });
  });

  test('that failed before is retried on its current version', () => {
    expect(one(forward, { planVersion: 3, moved: true })).toMatchObject({ kind: 'move', version: 3 });
    expect(one(back, { planVersion: 1, moved: true })).toMatchObject({ kind: 'move', version: 1 });
  });

  test('is skipped if another change moved or deleted it', () => {
    for (const changes of [{ planId: 'free' }, { planVersion: 2 }, { planVersion: 3 }]) {
      expect(one(forward, changes)).toMatchObject({ kind: 'skipped', error: { reason: 'PlanChanged' } });
    }
    for (const changes of [{ planId: 'free', planVersion: 3 }, { planVersion: 4 }]) {
      expect(one(back, { moved: true, ...changes })).toMatchObject({ kind: 'skipped' });
    }
    expect(one(forward, { moved: true, planVersion: 1 })).toMatchObject({ kind: 'skipped' });
    expect(one(forward, { deletionRequestedAt: new Date(), planId: 'free' })).toMatchObject({
      kind: 'skipped',
      error: { reason: 'tenant.deleting', message: 'The tenant "acme" is being deleted and cannot be changed.' },
    });
  });

  test('fails if the version allows fewer environments', () => {
    expect(one(forward, { maxEnvironments: 1 })).toMatchObject({
      kind: 'failed',
      error: { reason: 'tenant.plan_limit', message: 'The plan "team" allows 1 environment, the tenant would have 2.' },
    });
  });

  test('fails if its cluster lacks a capability of the version, except on a rollback', () => {
    const changes = { mesh: { ...candidate.mesh, rateLimit: { requestsPerSecond: 5 } }, facts: { mesh: null } };
    expect(one(forward, changes)).toMatchObject({
      kind: 'failed',
      error: { reason: 'tenant.capability_missing', message: expect.stringContaining('mesh.rateLimit') as string },
    });
    expect(one(back, { ...changes, planVersion: 3, moved: true })).toMatchObject({ kind: 'move' });
  });
});

test('no tenant is considered after one failure too many', () => {
  const fails = { ...candidate, maxEnvironments: 1 };
  const kinds = (left: number): string[] =>
    triage(forward, [candidate, fails, candidate, fails, candidate], left).map(({ kind }) => kind);
  expect(kinds(0)).toEqual(['move', 'failed']);
  expect(kinds(1)).toEqual(['move', 'failed', 'move', 'failed']);
  expect(kinds(2)).toHaveLength(5);
  expect(kinds(-1)).toEqual([]);
});
