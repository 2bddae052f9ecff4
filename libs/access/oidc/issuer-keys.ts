import { Logger } from '@nestjs/common';
import { createLocalJWKSet, errors, type JWTVerifyGetKey } from 'jose';
import { z } from 'zod';

import { fetchJson } from './fetch-json.js';
import { type Issuer } from './issuer.js';

/** Age from which on keys are read again, while the known ones are used. */
const REFRESH_MS = 600_000;

/** How long keys are used while the issuer does not answer. Shorter, and its outage would be one of Bulkhead. */
const KEEP_MS = 24 * 3_600_000;

const discovery = z.looseObject({ issuer: z.string(), jwks_uri: z.url() });
const keySet = z.looseObject({ keys: z.array(z.looseObject({ kty: z.string() })) });

interface KnownKeys {
  find: JWTVerifyGetKey;
  readAt: number;
}

/** The keys of an issuer cannot be read, and none are known. */
export class IssuerUnavailable extends Error {
  override readonly name = 'IssuerUnavailable';
}

/**
 * The public keys of an issuer (RFC 7517), found by OpenID Connect Discovery. Keys outlive outages of the issuer. A token
 * signed with an unknown key makes them be read again, at most once per cool-down, whether that succeeds or not: anybody
 * can send such tokens.
 */
export class IssuerKeys {
  private readonly logger = new Logger(IssuerKeys.name);
  private known: KnownKeys | null = null;
  private reading: Promise<boolean> | null = null;
  private triedAt = Number.NEGATIVE_INFINITY;

  /** @param now a clock in milliseconds that never goes back */
  constructor(
    private readonly issuer: Issuer,
    private readonly now: () => number = () => performance.now(),
  ) {}

  /**
   * Returns the key that signed a token.
   * @throws IssuerUnavailable; errors of jose if the issuer has no such key
   */
  readonly find: JWTVerifyGetKey = async (header, token) => {
    const known = await this.current();
    try {
      return await known.find(header, token);
    } catch (error) {
      if (!(error instanceof errors.JWKSNoMatchingKey) || !(await this.read()) || this.known === null) throw error;
      return this.known.find(header, token);
    }
  };

  private async current(): Promise<KnownKeys> {
    const age = this.known === null ? Number.POSITIVE_INFINITY : this.now() - this.known.readAt;
    if (age > KEEP_MS) {
      this.known = null;
      await this.read();
    } else if (age > REFRESH_MS) void this.read();
    if (this.known === null) throw new IssuerUnavailable(`the keys of the issuer "${this.issuer.name}" are not known`);
    return this.known;
  }

  /** Reads the keys, unless that was tried within the cool-down. Returns whether they were read. */
  private read(): Promise<boolean> {
    if (this.reading !== null) return this.reading;
    if (this.now() - this.triedAt < this.issuer.coolDownSeconds * 1000) return Promise.resolve(false);
    this.triedAt = this.now();
    this.reading = this.download().finally(() => (this.reading = null));
    return this.reading;
  }

  private async download(): Promise<boolean> {
    try {
      const { keys } = keySet.parse(await fetchJson(await this.jwksUrl(), this.issuer));
      this.known = { find: createLocalJWKSet({ keys }), readAt: this.now() };
      return true;
    } catch (error) {
      this.logger.warn({ err: error, issuer: this.issuer.name }, 'failed to read the keys of an issuer');
      return false;
    }
  }

  private async jwksUrl(): Promise<string> {
    const { issuer, jwksUrl, discoveryUrl } = this.issuer;
    if (jwksUrl !== undefined) return jwksUrl;
    const url = discoveryUrl ?? `${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`;
    const found = discovery.parse(await fetchJson(url, this.issuer));
    // OpenID Connect Discovery, section 4.3: otherwise the document is about somebody else.
    if (found.issuer !== issuer) throw new Error(`${url} describes the issuer ${found.issuer}, not ${issuer}`);
    return found.jwks_uri;
  }
}
