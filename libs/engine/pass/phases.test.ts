import { expect, test } from 'vitest';

import { type InventoryEntry } from '../lease/leased-tenant.js';
import { type PassContext } from './pass.js';
import { openDrift, resultOf } from './pass-result.js';
import { type Phase, runPhases } from './phases.js';
import { StepLog } from './steps.js';

interface Scope {
  readonly seen: readonly string[];
}

const context = {} as PassContext;
const entry = (name: string): InventoryEntry => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  namespace: 'tn-a',
  name,
  uid: name,
  renderedHash: 'h',
  fingerprint: null,
});
const drift = {
  detectedAt: '2026-01-01T00:00:00.000Z',
  objects: [
    { object: 'healed', objectKind: 'NetworkPolicy', kind: 'missing' as const, fields: [], left: false },
    { object: 'left', objectKind: 'NetworkPolicy', kind: 'missing' as const, fields: [], left: true },
  ],
};
const waiting = {
  kind: 'waiting' as const,
  problem: { reason: 'NamespaceTerminating', message: 'm', object: null, kind: null },
  recheckAfterMs: 1,
};

test('each phase knows what the phases before it found', async () => {
  const phases: Phase<Scope>[] = [
    { name: 'first', run: (_pass, { seen }) => ({ seen: [...seen, 'first'] }) },
    { name: 'second', run: (_pass, { seen, applied }) => ({ seen: [...seen, `second after ${applied.length}`] }) },
    { name: 'third', run: (_pass, { seen }) => ({ applied: seen.map(entry) }) },
  ];
  const { findings, failure } = await runPhases(phases, context, { seen: ['start'] });
  expect(failure).toBeNull();
  expect(findings.applied.map(({ name }) => name)).toEqual(['start', 'first', 'second after 0']);
});

test('what a phase reports before it fails is kept, and no later phase runs', async () => {
  const phases: Phase<Scope>[] = [
    { name: 'apply', run: () => ({ applied: [entry('a')], drift }) },
    {
      name: 'fail',
      run: async ({ report }) => {
        report({ applied: [entry('b')] });
        await Promise.resolve();
        report({ applied: [entry('c')], written: [{ apiVersion: 'v1', kind: 'ConfigMap', version: '7' }] });
        throw new Error('no');
      },
    },
    { name: 'never', run: () => ({ removed: [entry('z')] }) },
  ];
  const { findings, failure } = await runPhases(phases, context, { seen: [] });
  expect(failure).toEqual({ phase: 'fail', error: new Error('no') });
  expect(findings.applied.map(({ name }) => name)).toEqual(['a', 'b', 'c']);
  expect(findings).toMatchObject({ written: [{ version: '7' }], removed: [], drift });
});

test('a report and the finding that follows it add up', async () => {
  const phases: Phase<Scope>[] = [
    {
      name: 'both',
      run: async ({ report }) => {
        report({ applied: [entry('a')] });
        await Promise.resolve();
        return { applied: [entry('b')] };
      },
    },
  ];
  const { findings } = await runPhases(phases, context, { seen: [] });
  expect(findings.applied.map(({ name }) => name)).toEqual(['a', 'b']);
});

test('restrictions, caveats and the end of a deletion count only if all phases complete', async () => {
  const evidence = { searched: [], notLookedAt: [], namespacesOfOthers: [], apiServerVersion: 'v1' };
  const restricted = { reason: 'Suspended', message: 'm' };
  const caveats = { MeshReady: { status: 'True' as const, reason: 'NotInMesh', message: 'm' } };
  const phases: Phase<Scope>[] = [{ name: 'all', run: () => ({ evidence, restricted, caveats }) }];
  const { findings } = await runPhases(phases, context, { seen: [] });
  const settled = resultOf(findings, new StepLog([]), null);
  expect(settled).toMatchObject({ outcome: { kind: 'settled', restricted, caveats }, deleted: true });
  expect(settled).not.toHaveProperty('seen');
  const early = resultOf(findings, new StepLog([]), waiting);
  expect(early).toMatchObject({ outcome: waiting, deleted: false });
});

test('drift stays open if the pass ended early or left it alone', () => {
  const names = (outcome: Parameters<typeof openDrift>[0]['outcome']): string[] =>
    openDrift({ outcome, drift }).map(({ object }) => object);
  expect(names({ kind: 'settled' })).toEqual(['left']);
  expect(names(waiting)).toEqual(['healed', 'left']);
});
