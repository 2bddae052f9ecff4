import { setTimeout as pause } from 'node:timers/promises';

import { ifFound } from './kube-error.js';
import { type Resource } from './resources.js';
import { type Transport } from './transport.js';

/** How often to look which kinds there are: a list of groups, which any account may read. */
const PERIOD_MS = 5_000;
const AFTER_FAILURE_MS = 1_000;

/** Which of some kinds are served, by `apiVersion/Kind`. */
type Served = ReadonlySet<string>;

/** `apiVersion/Kind` */
export function kindName({ apiVersion, kind }: Pick<Resource, 'apiVersion' | 'kind'>): string {
  return `${apiVersion}/${kind}`;
}

/**
 * Follows which of the kinds that not every cluster has are served, by looking again and again: a watch of definitions
 * would tell when one is written, and not when its kind can be used.
 */
export class ServedKinds {
  /** Null until the API server has answered for the first time. */
  private served: Served | null = null;
  private hurry = new AbortController();

  constructor(
    private readonly transport: Transport,
    private readonly resources: readonly Resource[],
  ) {}

  /** Whether the kind is served as far as is known; true before anything is. */
  has(resource: Pick<Resource, 'apiVersion' | 'kind'>): boolean {
    return this.served?.has(kindName(resource)) ?? true;
  }

  /** Looks again at once. */
  lookNow(): void {
    this.hurry.abort();
  }

  /**
   * Until aborted, tells the first answer and each that differs from the one before. While the API server does not
   * answer, what it said last holds.
   */
  async follow(changed: (served: Served) => Promise<void>, signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      let pauseMs = PERIOD_MS;
      try {
        const found = await this.find();
        if (this.served === null || !isSame(found, this.served)) {
          this.served = found;
          await changed(found);
        }
      } catch {
        // Whoever uses the API server meanwhile meets the same trouble, and tells it.
        pauseMs = AFTER_FAILURE_MS;
      }
      this.hurry = new AbortController();
      const stop = AbortSignal.any([signal, this.hurry.signal]);
      await pause(pauseMs, undefined, { signal: stop }).catch(() => undefined);
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
