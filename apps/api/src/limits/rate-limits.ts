import { type Config } from '#config';
import { Injectable } from '@nestjs/common';
import {
  type RateLimiterAbstract,
  RateLimiterMemory,
  RateLimiterPostgres,
  RateLimiterRes,
} from 'rate-limiter-flexible';
import { DataSource } from 'typeorm';

/** What is limited apart: a caller that creates much can still read. */
export type RateClass = keyof Config['http']['rateLimits'];

export const WINDOW_SECONDS = 60;

/** What is left of a limit. */
export interface RateState {
  policy: RateClass;
  limit: number;
  remaining: number;
  /** Seconds until the whole limit is available again. */
  resetSeconds: number;
  isExceeded: boolean;
}

/**
 * Counts requests in windows of a minute. Changes and failed logins are counted in Postgres, for all processes together;
 * reads are counted in each process, because a read would otherwise cost a write. When Postgres does not answer, each
 * process counts by itself: no caller is refused because a count is missing.
 */
@Injectable()
export class RateLimits {
  private readonly limiters: ReadonlyMap<RateClass, RateLimiterAbstract>;

  constructor(dataSource: DataSource, limits: Config['http']['rateLimits']) {
    const classes = Object.entries(limits) as [RateClass, number][];
    const limited = classes.filter(([, points]) => points > 0);
    this.limiters = new Map(
      limited.map(([name, points]) => [
        name,
        name === 'read' ? inMemory(name, points) : shared(dataSource, name, points),
      ]),
    );
  }

  /** Counts one request; null if the class is not limited. */
  async take(policy: RateClass, key: string): Promise<RateState | null> {
    const limiter = this.limiters.get(policy);
    if (limiter === undefined) return null;
    const { result, isExceeded } = await limiter.consume(key).then(
      (counted: unknown) => ({ result: counted, isExceeded: false }),
      (refusal: unknown) => ({ result: refusal, isExceeded: true }),
    );
    if (!(result instanceof RateLimiterRes)) throw result;
    const { remainingPoints, msBeforeNext } = result;
    return {
      policy,
      limit: limiter.points,
      remaining: isExceeded ? 0 : Math.max(0, remainingPoints),
      resetSeconds: Math.max(1, Math.ceil(msBeforeNext / 1000)),
      isExceeded,
    };
  }
}

function inMemory(keyPrefix: string, points: number): RateLimiterMemory {
  return new RateLimiterMemory({ keyPrefix, points, duration: WINDOW_SECONDS });
}

function shared(storeClient: DataSource, keyPrefix: string, points: number): RateLimiterPostgres {
  return new RateLimiterPostgres({
    storeClient,
    storeType: 'typeorm',
    tableName: 'rate_limits',
    // A migration creates it.
    tableCreated: true,
    keyPrefix,
    points,
    duration: WINDOW_SECONDS,
    // Whoever is over the limit writes nothing more.
    inMemoryBlockOnConsumed: points + 1,
    insuranceLimiter: inMemory(keyPrefix, points),
  });
}
