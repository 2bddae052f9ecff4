import { KubeError, KubeUnreachable } from '#kube';
import { expect, test } from 'vitest';

import { combined, failureOf, IN_FORCE } from './policy-outcome.js';

const away = failureOf(new KubeUnreachable('no answer'));
const refused = failureOf(new KubeError(422, { message: 'invalid' }));

test('with one cluster its outcome is that of the policy', () => {
  expect(combined(new Map([['a', IN_FORCE]]))).toEqual(IN_FORCE);
  expect(combined(new Map([['a', refused]]))).toEqual(refused);
  expect(combined(new Map([['a', away]]))).toEqual(away);
});

test('with several a policy is in force only when it is on all, and the message names the others', () => {
  const everywhere = new Map(['a', 'b'].map((name) => [name, IN_FORCE]));
  expect(combined(everywhere)).toEqual(IN_FORCE);
  expect(combined(new Map([...everywhere, ['b', away]]))).toEqual({
    state: 'pending',
    message: 'Cluster "b": no answer',
    checkInMs: away.checkInMs,
  });
});

test('a refusal outweighs a cluster that does not answer, which is still tried again soon', () => {
  const outcomes = new Map([...new Map([['a', away]]), ['b', refused] as const]);
  expect(combined(outcomes)).toEqual({
    state: 'failed',
    message: 'Cluster "a": no answer Cluster "b": invalid',
    checkInMs: away.checkInMs,
  });
});
