import { performance } from 'node:perf_hooks';
import { setTimeout as pause } from 'node:timers/promises';

import { type ApiResource, KubeError, KubeUnreachable, type RemovalClient, tenantResources } from '#kube';
import { classify } from '#problems';
import pMap from 'p-map';

import { PassWaiting } from '../pass/outcome.js';
import { type SweepResult } from '../pass/findings.js';
import { apiVersionOf, nameOf, ordered, titleOf } from './listed-objects.js';
import { Leftovers, readLeftovers, type Sought } from './read-resource.js';

/** Resources that are read at the same time, in all sweeps of a cluster by a worker together. */
const IN_FLIGHT = 8;
/** Tenants that share one search: a label selector with more ids would not fit into a URL. */
const MOST_TENANTS = 50;
const RECHECK_MS = 5_000;
/**
 * A search follows another after so many times as long as that one took. Namespaces of a mass deletion end one after
 * the other; without a pause each tenant would have a search to itself.
 */
const PAUSE_FACTOR = 4;
const LONGEST_PAUSE_MS = 3_000;

interface Search extends Sought {
  resolve: (result: SweepResult) => void;
  reject: (error: unknown) => void;
}

/** What was found in one resource. */
interface Reading {
  leftovers: Leftovers;
  /** Why the API server refused to list it; null if it was read. */
  refusal: string | null;
}

/**
 * Searches every resource that a cluster's API server can list, metadata only, for leftovers of tenants. Requests that
 * arrive during a search, or in the pause after it, share the next one, so that a thousand deletions are not a thousand
 * searches.
 */
export class FinalSweep {
  private waiting: Search[] = [];
  private running = false;

  constructor(private readonly client: RemovalClient) {}

  /**
   * Searches the cluster for leftovers of a tenant. The search begins after this call.
   * @throws PassWaiting `SweepIncomplete`, KubeError, KubeUnreachable
   */
  search(tenantId: string, namespaces: readonly string[]): Promise<SweepResult> {
    const answer = new Promise<SweepResult>((resolve, reject) => {
      this.waiting.push({ tenantId, namespaces, resolve, reject });
    });
    if (!this.running) void this.work();
    return answer;
  }

  private async work(): Promise<void> {
    this.running = true;
    try {
      while (this.waiting.length > 0) {
        const beganAt = performance.now();
        const searches = this.waiting.splice(0, MOST_TENANTS);
        try {
          const readings = await this.read(searches);
          for (const search of searches) search.resolve(resultOf(search, readings));
        } catch (error) {
          for (const { reject } of searches) reject(error);
        }
        const pauseMs = Math.min((performance.now() - beganAt) * PAUSE_FACTOR, LONGEST_PAUSE_MS);
        if (this.waiting.length < MOST_TENANTS) await pause(pauseMs);
      }
    } finally {
      this.running = false;
    }
  }

  private async read(tenants: readonly Sought[]): Promise<Reading[]> {
    const { resources, stale } = await this.client.discover();
    if (stale.length > 0) throw incomplete(`${stale.join(', ')} cannot be discovered`);
    return pMap(resources, (resource) => this.readOne(resource, tenants), { concurrency: IN_FLIGHT });
  }

  private async readOne(resource: ApiResource, tenants: readonly Sought[]): Promise<Reading> {
    const leftovers = new Leftovers(resource, tenants);
    try {
      await readLeftovers(this.client, leftovers);
      return { leftovers, refusal: null };
    } catch (error) {
      if (error instanceof KubeUnreachable || !(error instanceof KubeError)) throw error;
      // For a kind of an aggregated API, 5xx means that its server is unavailable, not the cluster.
      if (classify(error).class !== 'final') {
        throw incomplete(`${titleOf(resource)} cannot be listed: ${error.message}`);
      }
      return { leftovers, refusal: refusalOf(resource, error) };
    }
  }
}

function resultOf(sought: Sought, readings: readonly Reading[]): SweepResult {
  const result: SweepResult = { found: [], searched: [], notLookedAt: [] };
  for (const { leftovers, refusal } of readings) {
    const name = nameOf(leftovers.resource);
    if (refusal === null) result.searched.push(name);
    else result.notLookedAt.push({ ...name, reason: refusal });
    result.found.push(...leftovers.of(sought));
  }
  return { ...result, found: ordered(result.found) };
}

/** Why a kind was not searched. @throws the refusal if Bulkhead itself writes that kind: it must be searched. */
function refusalOf(resource: ApiResource, error: KubeError): string {
  const apiVersion = apiVersionOf(resource);
  if (tenantResources.some((managed) => managed.apiVersion === apiVersion && managed.plural === resource.resource)) {
    throw error;
  }
  return error.reason;
}

function incomplete(cause: string): PassWaiting {
  const message = `The search for leftovers of the tenant is incomplete: ${cause}.`;
  return new PassWaiting({ reason: 'SweepIncomplete', message, object: null, kind: null }, RECHECK_MS);
}
