import { type BeforeApplicationShutdown, type OnModuleDestroy } from '@nestjs/common';
import { type DiscoveryService } from '@nestjs/core';

import { type LoopName, loopCatalog, type ProcessName } from './loop-catalog.js';
import { Loop } from './loop.js';
import { MissingRunner } from './missing-runner.js';

/** The background loops of a process: every provider with a public `loop: Loop`. */
export class Loops implements OnModuleDestroy, BeforeApplicationShutdown {
  constructor(
    private readonly discovery: DiscoveryService,
    private readonly process: ProcessName,
  ) {}

  /**
   * Starts loops in the order of the catalog; those that run already go on.
   * @param options `upTo`: the last one to start; all if absent.
   * @throws MissingRunner when the providers are not exactly those of the catalog
   */
  start({ upTo }: { upTo?: LoopName } = {}): void {
    const found = this.checked();
    const names: readonly LoopName[] = loopCatalog[this.process];
    for (const name of names.slice(0, upTo === undefined ? names.length : names.indexOf(upTo) + 1)) {
      found.get(name)?.start();
    }
  }

  /** Before anything else is stopped: no loop begins a further run. */
  onModuleDestroy(): void {
    for (const loop of this.discovered()) void loop.stop();
  }

  /** Resolves when the runs under way have ended, while the database is still open. */
  async beforeApplicationShutdown(): Promise<void> {
    await Promise.all(this.discovered().map((loop) => loop.stop()));
  }

  private checked(): Map<LoopName, Loop> {
    const loops = this.discovered();
    const names: readonly LoopName[] = loopCatalog[this.process];
    const found = new Map(loops.map((loop) => [loop.name, loop]));
    const missing = names.filter((name) => !found.has(name));
    const twice = loops.filter((loop) => found.get(loop.name) !== loop);
    const foreign = loops.filter(({ name }) => !names.includes(name));
    const problems = [
      ...missing.map((name) => `nothing provides the loop "${name}"`),
      ...twice.map(({ name }) => `the loop "${name}" is provided twice`),
      ...foreign.map(({ name }) => `the loop "${name}" is not one of its loops`),
    ];
    if (problems.length > 0) throw new MissingRunner(`The ${this.process} cannot start: ${problems.join('; ')}.`);
    return found;
  }

  private discovered(): Loop[] {
    const loops = this.discovery.getProviders().map(({ instance }) => (instance as { loop?: unknown } | null)?.loop);
    return [...new Set(loops)].filter((loop) => loop instanceof Loop);
  }
}
