import fc from 'fast-check';
import { expect, test } from 'vitest';

import { Chain, ChainBrokenError, GENESIS, hashOf, type SealedEvent } from './chain.js';
import { entryOf } from './entry.js';

const tenant = 'tenant_01kab4x2fqe3n8v6zj5t0w9rsy';

function logOf(reasons: readonly string[]): SealedEvent[] {
  let hash = GENESIS;
  return reasons.map((reason, index) => {
    const id = `audit_${index}`;
    const at = new Date(Date.UTC(2026, 0, 1, 0, 0, index));
    const change = { actor: { id: 'key_1', role: 'operator' }, action: 'holds.place', request: { reason, tenant } };
    const source = { kind: 'command', command: 'test', user: 'nobody', host: 'here' } as const;
    const entry = JSON.stringify({ at: at.toISOString(), ...entryOf(id, { ...change, source }) });
    hash = hashOf(hash, entry);
    return { id, at, actor: 'key_1', action: 'holds.place', tenantIds: [tenant], entry, sequence: index + 1, hash };
  });
}

/** Returns the error of a log; null if it is intact. */
function problemOf(log: readonly SealedEvent[]): string | null {
  const chain = new Chain();
  try {
    for (const event of log) chain.add(event);
    return null;
  } catch (error) {
    expect(error).toBeInstanceOf(ChainBrokenError);
    return (error as Error).message;
  }
}

test('the hash equals sha256sum over the previous hash, a line feed and the entry', () => {
  // printf '%064d\n{}' 0 | sha256sum
  expect(hashOf(GENESIS, '{}')).toBe('5649d09ed68c17156095d175eef152856c5b1a81c117c409c1e00f096aa6838e');
});

const reasons = fc.array(fc.string({ unit: 'binary' }), { minLength: 2, maxLength: 12 });

test('an unchanged log is valid, whatever its content', () => {
  fc.assert(fc.property(reasons, (texts) => problemOf(logOf(texts)) === null));
});

test('every change to an entry or its position is detected', () => {
  const other = ({ entry }: SealedEvent): Record<string, Partial<SealedEvent>> => ({
    letter: { entry: entry.replace('operator', 'auditor') },
    time: { at: new Date(0) },
    actor: { actor: 'key_2' },
    action: { action: 'holds.lift' },
    tenants: { tenantIds: [] },
    hash: { hash: GENESIS },
  });
  const changed = (log: SealedEvent[], change: string, at: number): SealedEvent[] => {
    if (change === 'absence') return log.toSpliced(at, 1);
    if (change === 'place') return log.toSpliced(at, 2, ...log.slice(at, at + 2).reverse());
    return log.map((event, index) => (index === at ? { ...event, ...other(event)[change] } : event));
  };
  const kinds = ['letter', 'time', 'actor', 'action', 'tenants', 'hash', 'absence', 'place'];
  fc.assert(
    fc.property(reasons, fc.constantFrom(...kinds), fc.nat(), (texts, change, place) => {
      return problemOf(changed(logOf(texts), change, place % (texts.length - 1))) !== null;
    }),
  );
});

test('an entry that is changed and rehashed breaks the next one', () => {
  const [first, second] = logOf(['a', 'b']) as [SealedEvent, SealedEvent];
  const entry = first.entry.replace('"a"', '"c"');
  const forged = { ...first, entry, hash: hashOf(GENESIS, entry) };
  expect(problemOf([forged, second])).toBe('Entry 2 (audit_1) was changed, or another entry preceded it.');
});

test('an entry without the required fields is refused even with a correct hash', () => {
  const [first] = logOf(['a', 'b']) as [SealedEvent, SealedEvent];
  for (const entry of ['', '{}', 'null']) {
    expect(problemOf([{ ...first, entry, hash: hashOf(GENESIS, entry) }])).toContain('"entry" of entry 1');
  }
  expect(problemOf([{ ...first, at: Infinity }])).toContain('"at" of entry 1');
});

test('missing entries are named', () => {
  const log = logOf(['a', 'b', 'c', 'd', 'e']);
  expect(problemOf(log.toSpliced(1, 1))).toBe('Entry 2 is missing.');
  expect(problemOf(log.toSpliced(1, 3))).toBe('Entries 2 to 4 are missing.');
  expect(problemOf(log.toSpliced(0, 1))).toBe('Entry 1 is missing.');
});

test('an oversized body is identified by its hash and not stored', () => {
  const source = { kind: 'command', command: 'test', user: 'nobody', host: 'here' } as const;
  const change = { actor: { id: 'key_1', role: null }, action: 'plans.create', source };
  const large = entryOf('audit_1', { ...change, request: { text: 'ä'.repeat(40_000), tenant } });
  expect(large).toMatchObject({ request: null, requestOmitted: { bytes: 80_056 }, tenantIds: [tenant] });
  const small = entryOf('audit_1', { ...change, request: undefined });
  expect(small).toMatchObject({ request: null, requestOmitted: null, tenantIds: [] });
});
