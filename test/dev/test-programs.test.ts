import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

import { expect, test } from 'vitest';

import { testPrograms } from '../../dev/go-binaries.mjs';
import { programsFor } from '../../dev/test-programs.mjs';

const tests = path.resolve(import.meta.dirname, '..');

/** Every call in test/ that returns the path of a program that is built. */
function calls(): string[] {
  const files = readdirSync(tests, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.ts'));
  const found = files.flatMap((file) =>
    [...readFileSync(path.join(tests, file), 'utf8').matchAll(/\bawait (\w+Binary\([^)]*\))/g)].map(([, call]) => call),
  );
  // Those of the set-up of all tests take options; Envoy is downloaded.
  return [...new Set(found)].filter((call = '') => !call.includes('{') && call !== 'envoyBinary()') as string[];
}

test('before all tests, every program that one of them starts is built', () => {
  const known = new Map(Object.entries(testPrograms).map(([name, { call }]) => [call, name]));
  const needed = calls().map((call) => known.get(call) ?? call);
  expect(needed.length).toBeGreaterThan(5);
  expect(programsFor([]).sort()).toEqual(needed.sort());
});

test.for([
  ['test/dev/helm', ['helm']],
  ['policies/gatekeeper', ['gatekeeper']],
  ['mesh-rules', ['promtool']],
  ['engine/reconcile', []],
  ['mesh-live', ['istio-istiod', 'istio-istioctl', 'istio-pilot-agent']],
] as const)('before the tests of %s, only what they start is built', ([filter, programs]) => {
  expect(programsFor([filter])).toEqual([...programs]);
});
