import fc from 'fast-check';
import { expect, test } from 'vitest';

import { selects } from './label-selector.js';
import { labelCells } from '../mesh/label-cells.js';

const labels = fc.dictionary(fc.constantFrom('app', 'tier', 'exposed'), fc.constantFrom('a', 'b', ''), { maxKeys: 3 });
const sets = fc.array(
  labels.filter((set) => Object.keys(set).length > 0),
  { maxLength: 4 },
);

test('every pod is in exactly one part, which lists exactly the sets that it matches', () => {
  fc.assert(
    fc.property(sets, labels, (wanted, pod) => {
      const cells = labelCells(wanted, 1_000).filter(({ selector }) => selects(selector, pod));
      expect(cells).toHaveLength(1);
      const matched = wanted.flatMap((matchLabels, index) => (selects({ matchLabels }, pod) ? [index] : []));
      expect(cells[0]?.matches).toEqual(matched);
    }),
    { numRuns: 5000 },
  );
});

test('without sets all pods are one part', () => {
  expect(labelCells([], 1)).toEqual([{ selector: {}, matches: [] }]);
});

test('services that differ in one label get one part each, plus one for all other pods', () => {
  expect(labelCells([{ app: 'a' }, { app: 'b' }], 3).map(({ selector }) => selector)).toEqual([
    { matchExpressions: [{ key: 'app', operator: 'NotIn', values: ['a', 'b'] }] },
    { matchLabels: { app: 'b' } },
    { matchLabels: { app: 'a' } },
  ]);
});
