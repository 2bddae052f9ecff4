import { createHash } from 'node:crypto';

import { Injectable, Logger } from '@nestjs/common';

import { RateLimits, type RateState } from './rate-limits.js';
import { exceeded } from './rate.guard.js';

/** Credentials of which it is remembered that they were right. */
const MOST_KNOWN = 10_000;

/**
 * Limits failed logins by address, before credentials are looked up. A credential that worked from an address still
 * works from it while others fail there: callers share the addresses of proxies.
 */
@Injectable()
export class FailedLogins {
  private readonly logger = new Logger(FailedLogins.name);
  private readonly blocked = new Map<string, { state: RateState; until: number }>();
  private readonly known = new Set<string>();

  constructor(private readonly limits: RateLimits) {}

  /** @throws RateExceeded if too many credentials from this address were wrong */
  refuseBlocked(address: string, credential: string): void {
    const block = this.blocked.get(address);
    if (block === undefined || this.known.has(fingerprint(address, credential))) return;
    const left = Math.ceil((block.until - performance.now()) / 1000);
    if (left > 0) throw exceeded({ ...block.state, resetSeconds: left }, `The address ${address}`);
    this.blocked.delete(address);
  }

  /** Notes that a credential was right. */
  noteSuccess(address: string, credential: string): void {
    const mark = fingerprint(address, credential);
    if (this.known.has(mark)) return;
    const [oldest] = this.known;
    if (this.known.size >= MOST_KNOWN && oldest !== undefined) this.known.delete(oldest);
    this.known.add(mark);
  }

  /** Notes that a credential was wrong. The first one over the limit is logged, for all of the window. */
  async noteFailure(address: string, credential: string): Promise<void> {
    this.known.delete(fingerprint(address, credential));
    const state = await this.limits.take('login', address);
    if (state?.isExceeded !== true || this.blocked.has(address)) return;
    this.blocked.set(address, { state, until: performance.now() + state.resetSeconds * 1000 });
    this.logger.warn({ address, seconds: state.resetSeconds }, 'too many failed logins from an address; refusing it');
  }
}

/** No credential is kept, not even in memory. */
function fingerprint(address: string, credential: string): string {
  return createHash('sha256').update(`${address} ${credential}`).digest('base64');
}
