import { expect, test } from 'vitest';

import { KubeError } from './kube-error.js';
import { pageOf } from './removal-client.js';

const kind = 'PartialObjectMetadataList';

test('a page has the objects, and where the list continues', () => {
  const items = [{ metadata: { name: 'a', uid: '1' } }];
  const metadata = { continue: 'token', remainingItemCount: 7 };
  const [first] = items;
  expect(pageOf({ kind, items, metadata })).toEqual({ objects: [first?.metadata], continued: 'token', remaining: 7 });
  expect(pageOf({ kind, items: [], metadata: { continue: '' } })).toEqual({
    objects: [],
    continued: undefined,
    remaining: null,
  });
  expect(pageOf({ kind, items: null, metadata: {} }).objects).toEqual([]);
});

test('an answer that is no list does not count as an empty one', () => {
  const answers = [
    { message: '<html>' },
    null,
    { kind: 'Status' },
    { items: {} },
    { kind, items: [{}] },
    { kind, items: [null] },
  ];
  for (const answer of answers) expect(() => pageOf(answer)).toThrow(KubeError);
});
