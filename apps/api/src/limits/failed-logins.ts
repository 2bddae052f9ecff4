import { createHash } from 'node:crypto';

import { Injectable, Logger } from '@nestjs/common';
import ipaddr from 'ipaddr.js';

import { RateLimits, type RateState } from './rate-limits.js';
import { exceeded } from './rate.guard.js';

/** Credentials of which it is remembered that they were right, and addresses that are refused. */
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
    const network = networkOf(address);
    const block = this.blocked.get(network);
    if (block === undefined || this.known.has(fingerprint(network, credential))) return;
    const left = Math.ceil((block.until - performance.now()) / 1000);
    if (left > 0) throw exceeded({ ...block.state, resetSeconds: left }, `The address ${address}`);
    this.blocked.delete(network);
  }

  /** Notes that a credential was right. */
  noteSuccess(address: string, credential: string): void {
    const mark = fingerprint(networkOf(address), credential);
    if (this.known.has(mark)) return;
    dropOldest(this.known);
    this.known.add(mark);
  }

  /** Notes that a credential was wrong. The first one over the limit is logged, for all of the window. */
  async noteFailure(address: string, credential: string): Promise<void> {
    const network = networkOf(address);
    this.known.delete(fingerprint(network, credential));
    const state = await this.limits.take('login', network);
    if (state?.isExceeded !== true || this.blocked.has(network)) return;
    dropOldest(this.blocked);
    this.blocked.set(network, { state, until: performance.now() + state.resetSeconds * 1000 });
    this.logger.warn({ address, seconds: state.resetSeconds }, 'too many failed logins from an address; refusing it');
  }
}

/** Whoever has one IPv6 address has a whole network of them (RFC 6177). */
function networkOf(address: string): string {
  if (!ipaddr.isValid(address)) return address;
  const parsed = ipaddr.process(address);
  if (!(parsed instanceof ipaddr.IPv6)) return parsed.toString();
  return ipaddr.IPv6.networkAddressFromCIDR(`${parsed.toString()}/64`).toString();
}

/** Keeps what is remembered small, however many addresses there are. */
function dropOldest(remembered: Set<string> | Map<string, unknown>): void {
  const [oldest] = remembered.keys();
  if (remembered.size >= MOST_KNOWN && oldest !== undefined) remembered.delete(oldest);
}

/** No credential is kept, not even in memory. */
function fingerprint(network: string, credential: string): string {
  return createHash('sha256').update(`${network} ${credential}`).digest('base64');
}
