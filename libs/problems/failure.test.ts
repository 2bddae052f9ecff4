import { expect, test } from 'vitest';

import { classify } from './failure.js';

const withCode = (code: string, message = 'no'): Error => Object.assign(new Error(message), { code });

/** Answers of Postgres by SQLSTATE; errors of sockets; errors of its client. */
test.for([
  ['connection failure', withCode('08006'), 'passing', 'database-unavailable'],
  ['admin shutdown', withCode('57P01'), 'passing', 'database-unavailable'],
  ['starting up', withCode('57P03'), 'passing', 'database-unavailable'],
  ['too many connections', withCode('53300'), 'passing', 'database-unavailable'],
  ['idle in a transaction', withCode('25P03'), 'passing', 'database-unavailable'],
  ['connection refused', withCode('ECONNREFUSED'), 'passing', 'database-unavailable'],
  ['a broken connection', new Error('Connection terminated unexpectedly'), 'passing', 'database-unavailable'],
  ['no free connection', new Error('timeout exceeded when trying to connect'), 'passing', 'database-unavailable'],
  ['a released runner', new Error('Query runner already released. Cannot run'), 'passing', 'database-unavailable'],
  ['a limit of the server', withCode('57014'), 'passing', 'statement-timeout'],
  ['a limit of the client', new Error('Query read timeout'), 'passing', 'statement-timeout'],
  ['not serializable', withCode('40001'), 'passing', 'transaction-conflict'],
  ['a deadlock', withCode('40P01'), 'passing', 'transaction-conflict'],
  ['a lock that is taken', withCode('55P03'), 'passing', 'transaction-conflict'],
  ['a plan of an older schema', withCode('0A000', 'cached plan must not change result type'), 'passing', 'stale-plan'],
  ['another feature', withCode('0A000', 'cannot insert multiple commands'), 'ours', 'defect'],
  ['a NUL in jsonb', withCode('22P05'), 'final', 'text-unstorable'],
  ['half a character in jsonb', withCode('22P02'), 'final', 'text-unstorable'],
  ['a NUL in text', withCode('22021'), 'final', 'text-unstorable'],
  ['a constraint', withCode('23505'), 'ours', 'defect'],
  ['a syntax error', withCode('42601'), 'ours', 'defect'],
  ['a bug', new TypeError('x is undefined'), 'ours', 'defect'],
  ['no error at all', 'no', 'ours', 'defect'],
])('Postgres: %s', ([, error, kind, name]) => {
  expect(classify(error)).toMatchObject({ class: kind, name });
});

test('the answer in a wrapped error counts', () => {
  const wrapped = new Error('the query failed', { cause: withCode('40P01') });
  expect(classify(wrapped).name).toBe('transaction-conflict');
  expect(classify(new AggregateError([withCode('ECONNREFUSED')])).name).toBe('database-unavailable');
  expect(classify(Object.assign(new Error('q'), { driverError: withCode('57P01') })).name).toBe('database-unavailable');
});

test('every error of the queue passes; a dropped schema is created again', () => {
  expect(classify(new Error('the queue does not respond'), 'queue')).toMatchObject({
    class: 'passing',
    name: 'queue-unavailable',
  });
  expect(classify(withCode('42P01'), 'queue')).toMatchObject({ class: 'passing', name: 'queue-schema-gone' });
});

test('Gatekeeper that says nothing in time is waited for; one that refuses has decided', () => {
  const answered = (code: string): Error =>
    Object.assign(new Error('no'), { answer: { from: 'gatekeeper', code, message: 'no' } });
  expect(classify(answered('none')).class).toBe('wait');
  expect(classify(answered('refused')).class).toBe('final');
});

test('an admission baseline that is not in force yet is waited for', () => {
  const answer = { from: 'kubernetes', code: 'not-in-force', message: 'not in force after 60 s' };
  const failure = classify(Object.assign(new Error('no'), { answer }));
  expect(failure).toMatchObject({ class: 'wait', reason: 'AdmissionNotReady', isWhole: false });
});
