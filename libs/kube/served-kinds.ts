import { ifFound } from './kube-error.js';
import { pauseUnlessAborted } from './pause.js';
import { type Resource, resourceOf } from './resources.js';
import { type Transport } from './transport.js';
import { watchMetadata, type WatchHandler } from './watch.js';

/** Pauses before the next lookups after a definition was written: its kind is served a moment later. */
const LOOKS_MS: readonly number[] = [200, 1_000, 3_000];
const AFTER_FAILURE_MS = 1_000;
/** The maximum time between two lookups without any event. */
const AT_LEAST_MS = 600_000;
/**
 * Pauses while definitions and discovery disagree. A busy API server can take seconds to serve a kind after the last
 * event of its definition; a definition without the version that is looked for disagrees for ever.
 */
const DISAGREEING_MS = { first: 2_000, longest: 60_000 };

const DEFINITIONS = { apiVersion: 'apiextensions.k8s.io/v1', kind: 'CustomResourceDefinition' };

/** The kinds that are served, as `apiVersion/Kind`. */
type Served = ReadonlySet<string>;

/** `apiVersion/Kind` */
export function kindName({ apiVersion, kind }: Pick<Resource, 'apiVersion' | 'kind'>): string {
  return `${apiVersion}/${kind}`;
}

/**
 * Tracks which optional kinds are served. A watch of definitions reports that one was written; discovery, which is
 * asked only then, whether its kind is usable.
 */
export class ServedKinds {
  /** Null until the API server has answered for the first time. */
  private served: Served | null = null;
  private hurry = new AbortController();
  /** Pauses before the pending lookups. */
  private pauses: number[] = [];
  /** The names of the definitions of the kinds' groups that exist; null while they are not watched. */
  private defined: Set<string> | null = null;
  private disagreeingMs = DISAGREEING_MS.first;

  constructor(
    private readonly transport: Transport,
    private readonly resources: readonly Resource[],
  ) {}

  /** Reports whether the kind is served as far as is known; true before the first answer. */
  has(resource: Pick<Resource, 'apiVersion' | 'kind'>): boolean {
    return this.served?.has(kindName(resource)) ?? true;
  }

  /** Looks the kinds up again at once, and a few more times in the next seconds. */
  lookNow(): void {
    this.pauses = [...LOOKS_MS];
    this.disagreeingMs = DISAGREEING_MS.first;
    this.hurry.abort();
  }

  /**
   * Until aborted, reports the first result and each that differs from the previous one. While the API server does not
   * answer, its last result remains valid.
   */
  async follow(changed: (served: Served) => Promise<void>, signal: AbortSignal): Promise<void> {
    const groups = new Set(this.resources.map(groupOf));
    const isOurs = ({ name }: { name: string }): boolean => groups.has(name.slice(name.indexOf('.') + 1));
    let listed = new Set<string>();
    const target = { resource: resourceOf(DEFINITIONS), labelSelector: '' };
    const handler: WatchHandler = {
      listing: () => {
        listed = new Set();
      },
      page: (definitions) => {
        for (const { name } of definitions.filter(isOurs)) listed.add(name);
      },
      listed: () => {
        this.defined = listed;
        this.lookNow();
      },
      changed: (definition) => {
        if (!isOurs(definition)) return;
        this.defined?.add(definition.name);
        this.lookNow();
      },
      gone: (definition) => {
        if (!isOurs(definition)) return;
        this.defined?.delete(definition.name);
        this.lookNow();
      },
      // A worker without the right to watch definitions looks the kinds up after each attempt.
      lost: () => {
        this.defined = null;
        this.lookNow();
      },
    };
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
        // Other users of the API server see the same error and report it.
        failed = true;
      }
      const stop = AbortSignal.any([signal, this.hurry.signal]);
      await pauseUnlessAborted(failed ? AFTER_FAILURE_MS : this.nextPause(), stop);
    }
  }

  private nextPause(): number {
    const planned = this.pauses.shift();
    if (planned !== undefined) return planned;
    if (this.agrees()) return AT_LEAST_MS;
    const now = this.disagreeingMs;
    this.disagreeingMs = Math.min(2 * now, DISAGREEING_MS.longest);
    return now;
  }

  /** Reports whether discovery shows the kinds that are defined and no others, as far as is known. */
  private agrees(): boolean {
    const { defined } = this;
    if (defined === null) return true;
    return this.resources.every(
      (resource) => defined.has(`${resource.plural}.${groupOf(resource)}`) === this.has(resource),
    );
  }

  /** A single request if none of the groups exists, as in most clusters. */
  private async find(): Promise<Served> {
    const { groups } = (await this.read('/apis')) as { groups: { versions: { groupVersion: string }[] }[] };
    const present = new Set(groups.flatMap(({ versions }) => versions.map(({ groupVersion }) => groupVersion)));
    const groupVersions = [...new Set(this.resources.map(({ apiVersion }) => apiVersion))].filter((each) =>
      present.has(each),
    );
    const lists = await Promise.all(
      groupVersions.map(async (apiVersion) => {
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

function groupOf({ apiVersion }: Resource): string {
  return apiVersion.split('/')[0] ?? '';
}

function isSame(a: Served, b: Served): boolean {
  return a.size === b.size && [...a].every((name) => b.has(name));
}
