import { expect, test } from 'vitest';

import { Batcher } from './batcher.js';

/** A call that records its batches and answers on demand. */
function recorder(): {
  asked: number[][];
  answer: (error?: Error) => Promise<void>;
  batcher: Batcher<number, string>;
} {
  const asked: number[][] = [];
  const open: ((error?: Error) => void)[] = [];
  const batcher = new Batcher<number, string>((items) => {
    asked.push(items);
    return new Promise((resolve, reject) => {
      open.push((error) => {
        if (error === undefined) resolve(items.map((item) => `answer ${item}`));
        else reject(error);
      });
    });
  });
  const answer = async (error?: Error): Promise<void> => {
    open.shift()?.(error);
    await new Promise(setImmediate);
  };
  return { asked, answer, batcher };
}

test('a single item is sent at once, items behind a call are sent together', async () => {
  const { asked, answer, batcher } = recorder();
  const first = batcher.ask(1);
  const others = [batcher.ask(2), batcher.ask(3)];
  expect(asked).toEqual([[1]]);
  await answer();
  expect(await first).toBe('answer 1');
  expect(asked).toEqual([[1], [2, 3]]);
  await answer();
  expect(await Promise.all(others)).toEqual(['answer 2', 'answer 3']);
  void batcher.ask(4);
  expect(asked.at(-1)).toEqual([4]);
});

test('after a batch fails, each item is retried and fails alone', async () => {
  const { asked, answer, batcher } = recorder();
  void batcher.ask(1);
  const [failing, other] = [batcher.ask(2), batcher.ask(3)];
  failing.catch(() => undefined);
  await answer();
  await answer(new Error('one of them'));
  expect(asked).toEqual([[1], [2, 3], [2], [3]]);
  await answer(new Error('away'));
  await answer();
  await expect(failing).rejects.toThrow('away');
  expect(await other).toBe('answer 3');
  void batcher.ask(4);
  expect(asked.at(-1)).toEqual([4]);
});

test('a hanging call delays only its own items', async () => {
  const { asked, answer, batcher } = recorder();
  const hanging = batcher.ask(1);
  const others = [batcher.ask(2), batcher.ask(3)];
  await expect.poll(() => asked).toEqual([[1], [2, 3]]);
  await answer();
  expect(await hanging).toBe('answer 1');
  await answer();
  expect(await Promise.all(others)).toEqual(['answer 2', 'answer 3']);
});

test('the size of a batch is limited', async () => {
  const { asked, answer, batcher } = recorder();
  for (let number = 0; number < 100; number++) void batcher.ask(number);
  await answer();
  await answer();
  expect(asked.map(({ length }) => length)).toEqual([1, 64, 35]);
});
