import { setTimeout as pause } from 'node:timers/promises';

import { ifFound } from './kube-error.js';
import { type Resource, resourceOf } from './resources.js';
import { type Transport } from './transport.js';
import { watchMetadata } from './watch.js';

/** When to look again once a definition was written: its kind is served a moment later. */
const LOOKS_MS: readonly number[] = [200, 1_000, 3_000];
const AFTER_FAILURE_MS = 1_000;
/** When to look although nothing is known to have happened. */
const AT_LEAST_MS = 600_000;

const DEFINITIONS = { apiVersion: 'apiextensions.k8s.io/v1', kind: 'CustomResourceDefinition' };

/** Which of some kinds are served, by `apiVersion/Kind`. */
type Served = ReadonlySet<string>;

/** `apiVersion/Kind` */
export function kindName({ apiVersion, kind }: Pick<Resource, 'apiVersion' | 'kind'>): string {
  return `${apiVersion}/${kind}`;
}

/**
 * Follows which of the kinds that not every cluster has are served. A watch of definitions tells that one was written;
 * whether its kind can be used tells discovery, which is asked then and not otherwise.
 */
export class ServedKinds {
  /** Null until the API server has answered for the first time. */
  private served: Served | null = null;
  private hurry = new AbortController();
  /** Pauses before the looks that are still to come. */
  private pauses: number[] = [];

  constructor(
    private readonly transport: Transport,
    private readonly resources: readonly Resource[],
  ) {}

  /** Whether the kind is served as far as is known; true before anything is. */
  has(resource: Pick<Resource, 'apiVersion' | 'kind'>): boolean {
    return this.served?.has(kindName(resource)) ?? true;
  }

  /** Looks again at once, and some more times in the next seconds. */
  lookNow(): void {
    this.pauses = [...LOOKS_MS];
    this.hurry.abort();
  }

  /**
   * Until aborted, tells the first answer and each that differs from the one before. While the API server does not
   * answer, what it said last holds.
   */
  async follow(changed: (served: Served) => Promise<void>, signal: AbortSignal): Promise<void> {
    const groups = new Set(this.resources.map(({ apiVersion }) => apiVersion.split('/')[0] ?? ''));
    const look = (): void => {
      this.lookNow();
    };
    const lookAt = ({ name }: { name: string }): void => {
      if (groups.has(name.slice(name.indexOf('.') + 1))) this.lookNow();
    };
    const target = { resource: resourceOf(DEFINITIONS), labelSelector: '' };
    // A worker without the right to watch definitions looks whenever it has tried.
    const handler = { listed: look, changed: lookAt, gone: lookAt, lost: look };
    await Promise.all([watchMetadata(this.transport, target, handler, signal), this.keepLooking(changed, signal)]);
  }

  private async keepLooking(changed: (served: Served) => Promise<void>, signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      this.hurry = new AbortController();
      let failed = false;
      try {
        const found = await this.find();
        if (this.served === null || !isSame(found, this.served)) {
          this.served = found;
          await changed(found);
        }
      } catch {
        // Whoever uses the API server meanwhile meets the same trouble, and tells it.
        failed = true;
      }
      const stop = AbortSignal.any([signal, this.hurry.signal]);
      await pause(failed ? AFTER_FAILURE_MS : (this.pauses.shift() ?? AT_LEAST_MS), undefined, { signal: stop }).catch(
        () => undefined,
      );
    }
  }

  /** One request where none of the groups is there, as in most clusters. */
  private async find(): Promise<Served> {
    const { groups } = (await this.read('/apis')) as { groups: { versions: { groupVersion: string }[] }[] };
    const present = new Set(groups.flatMap(({ versions }) => versions.map(({ groupVersion }) => groupVersion)));
    const wanted = [...new Set(this.resources.map(({ apiVersion }) => apiVersion))].filter((each) => present.has(each));
    const lists = await Promise.all(
      wanted.map(async (apiVersion) => {
        const list = (await ifFound(this.read(`/apis/${apiVersion}`))) as { resources: { kind: string }[] } | null;
        return (list?.resources ?? []).map(({ kind }) => kindName({ apiVersion, kind }));
      }),
    );
    const all = new Set(lists.flat());
    return new Set(this.resources.map(kindName).filter((name) => all.has(name)));
  }

  private read(path: string): Promise<unknown> {
    return this.transport.send({ method: 'GET', path });
  }
}

function isSame(a: Served, b: Served): boolean {
  return a.size === b.size && [...a].every((name) => b.has(name));
}
