import { KubeError, KubeUnreachable } from '#kube';
import { expect, test } from 'vitest';

import { GatekeeperRefused, PolicyWaits } from './policy-changes.js';
import { combined, failureOf, IN_FORCE } from './policy-outcome.js';

const away = failureOf(new KubeUnreachable('no answer'));
const refused = failureOf(new KubeError(422, { message: 'invalid' }));

test('with one cluster its outcome is that of the policy', () => {
  for (const outcome of [IN_FORCE, refused, away]) expect(combined(new Map([['a', outcome]]), [])).toEqual(outcome);
});

test('with several a policy is in force only when it is on all, and the message names the others', () => {
  const everywhere = new Map(['a', 'b'].map((name) => [name, IN_FORCE]));
  expect(combined(everywhere, [])).toEqual(IN_FORCE);
  expect(combined(new Map([...everywhere, ['b', away]]), [])).toEqual({
    state: 'pending',
    message: 'Cluster "b": no answer',
    checkInMs: away.checkInMs,
  });
});

test('a refusal outweighs a cluster that does not answer, which is still tried again soon', () => {
  const outcomes = new Map([...new Map([['a', away]]), ['b', refused] as const]);
  expect(combined(outcomes, [])).toEqual({
    state: 'failed',
    message: 'Cluster "a": no answer Cluster "b": invalid',
    checkInMs: away.checkInMs,
  });
});

test('clusters without tenants do not keep a policy from being in force; they are named', () => {
  expect(combined(new Map([['a', IN_FORCE]]), ['spare'])).toEqual({
    ...IN_FORCE,
    message: 'Not applied to clusters without tenants that workers have no connection to: "spare".',
  });
  expect(combined(new Map([['a', away]]), ['spare'])).toEqual(away);
});

test.each([
  ['a refusal', new KubeError(422, { message: 'why' }), 'failed'],
  ['a refusal of Gatekeeper', new GatekeeperRefused('why'), 'failed'],
  ['a conflict', new KubeError(409, { message: 'why' }), 'pending'],
  ['an overload', new KubeError(429, { message: 'why' }), 'pending'],
  ['a kind that is not served', new KubeError(404, { message: 'why' }), 'pending'],
  ['a wait', new PolicyWaits('why'), 'pending'],
])('%s gives its reason', (_, error, state) => {
  expect(failureOf(error)).toMatchObject({ state, message: 'why' });
});
