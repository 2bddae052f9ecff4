import 'reflect-metadata';

import { type INestApplicationContext, Module, type Provider } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { afterEach, expect, test, vi } from 'vitest';

import { BackgroundModule } from './background.module.js';
import { loopCatalog, type LoopName } from './loop-catalog.js';
import { Loop } from './loop.js';
import { Loops } from './loops.js';
import { MissingRunner } from './missing-runner.js';

let app: INestApplicationContext | null = null;
afterEach(async () => {
  await app?.close();
  app = null;
});

@Module({})
class Program {}

interface Runner {
  loop: Loop;
}

/** A program of the API with a provider for each of these loops. */
async function boot(names: readonly LoopName[], onStart: (name: LoopName) => void = () => undefined): Promise<Loops> {
  const providers = names.map((name, index): Provider => {
    const loop = new Loop({
      name,
      periodMs: 1_000,
      onStart: () => {
        onStart(name);
      },
      run: () => Promise.resolve(),
      failed: 'it failed',
    });
    return { provide: `runner-${index}`, useValue: { loop } satisfies Runner };
  });
  const module = { module: Program, imports: [BackgroundModule.forRoot('api')], providers };
  app = await NestFactory.createApplicationContext(module, { logger: false });
  return app.get(Loops);
}

test('starts the loops in the order of the catalog, each once', async () => {
  const started: LoopName[] = [];
  const loops = await boot(loopCatalog.api.toReversed(), (name) => started.push(name));
  loops.start({ upTo: loopCatalog.api[0] });
  expect(started).toEqual([loopCatalog.api[0]]);
  loops.start();
  expect(started).toEqual(loopCatalog.api);
});

test('refuses to start any without all of them, and names those that are missing', async () => {
  const started: LoopName[] = [];
  const loops = await boot(['event-stream-watch'], (name) => started.push(name));
  expect(() => {
    loops.start();
  }).toThrow(MissingRunner);
  expect(() => {
    loops.start({ upTo: 'event-stream-watch' });
  }).toThrow(
    'The api cannot start: nothing provides the loop "idempotency-purge"; nothing provides the loop "invitation-purge"; ' +
      'nothing provides the loop "question-purge".',
  );
  expect(started).toEqual([]);
});

test('refuses a loop that is provided twice, or belongs to another process', async () => {
  const loops = await boot([...loopCatalog.api, 'question-purge', 'sweeper']);
  expect(() => {
    loops.start();
  }).toThrow('the loop "question-purge" is provided twice; the loop "sweeper" is not one of its loops');
});

test('stops them with the process', async () => {
  const stop = vi.spyOn(Loop.prototype, 'stop');
  (await boot(loopCatalog.api)).start();
  await app?.close();
  expect(new Set(stop.mock.contexts.map((loop) => (loop as Loop).name))).toEqual(new Set(loopCatalog.api));
  stop.mockRestore();
});
