import { Logger } from '@nestjs/common';
import { type DataSource } from 'typeorm';
import { expect, test, vi } from 'vitest';

import { newId, newUuid } from '#persistence';

import { type AnswerFailure, Answerers } from './answerers.js';

const failure: AnswerFailure = { reason: 'ClusterUnreachable', message: 'The cluster is away.', isDefect: false };

/** Answerers over one asked question, and what was written as its answer. */
function answerersOf(kind: string): { answerers: Answerers; written: unknown[][] } {
  const written: unknown[][] = [];
  const query = (text: string, parameters: unknown[]): Promise<unknown> => {
    if (text.includes('RETURNING')) {
      return Promise.resolve([[{ id: newUuid('preview'), kind, subject: 'x', request: { n: 1 } }], 1]);
    }
    written.push(parameters.slice(1));
    return Promise.resolve([]);
  };
  return { answerers: new Answerers({ query } as unknown as DataSource, () => failure), written };
}

test('a worker without an answerer of each kind does not start', () => {
  const { answerers } = answerersOf('plan');
  answerers.register('tenant', () => Promise.resolve({ result: {}, token: null }));
  answerers.register('plan', () => Promise.resolve({ result: {}, token: null }));
  expect(() => {
    answerers.check();
  }).toThrow('The worker cannot start: nothing answers questions of the kind "network-rule", "images", "policy".');
});

test('a question goes to the answerer of its kind', async () => {
  const { answerers, written } = answerersOf('plan');
  answerers.register('plan', (subject, { n }: { n: number }) =>
    Promise.resolve({ result: { subject, n }, token: 'token' }),
  );
  await answerers.answer(newId('preview'));
  expect(written).toEqual([['succeeded', '{"subject":"x","n":1}', null, 'token']]);
});

test('a question that cannot be answered fails with the reason', async () => {
  vi.spyOn(Logger.prototype, 'warn').mockImplementation(() => undefined);
  const { answerers, written } = answerersOf('plan');
  answerers.register('plan', () => Promise.reject(new Error('refused')));
  await answerers.answer(newId('preview'));
  expect(written).toEqual([['failed', null, 'The cluster is away.', null]]);
});
