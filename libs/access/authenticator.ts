import { Injectable } from '@nestjs/common';

import { KeyVerifier } from './key-verifier.js';
import { type Caller } from './principal.js';
import { TokenCallers } from './token-callers.js';

/** Tokens in compact form (RFC 7515, section 7.1). */
const JWT = /^[\w-]+\.[\w-]+\.[\w-]*$/;

/** Verifies credentials: API keys, and tokens of issuers. */
@Injectable()
export class Authenticator {
  constructor(
    private readonly keys: KeyVerifier,
    private readonly tokens: TokenCallers,
  ) {}

  /**
   * Returns the caller with a credential; null if it is an API key that is malformed, unknown, expired or revoked.
   * @param address of the caller
   * @throws `auth.token_{invalid,expired}`, `auth.issuer_unavailable`; `auth.forbidden` if a key cannot be used from this address
   */
  async verify(credential: string, address: string): Promise<Caller | null> {
    if (!JWT.test(credential)) return this.keys.verify(credential, address);
    return this.tokens.callerOf(await this.tokens.holderOf(credential));
  }
}
