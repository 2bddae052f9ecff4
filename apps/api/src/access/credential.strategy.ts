import { Authenticator, type Caller } from '#access';
import { Injectable } from '@nestjs/common';
import { PassportStrategy } from '@nestjs/passport';
import { type IncomingHttpHeaders } from 'node:http';
import { Strategy } from 'passport';

type Done = (error: unknown, caller?: Caller | false) => void;

/** Reads an API key or a token from `Authorization: Bearer …` (RFC 6750), or an API key from `X-API-Key`. */
class CredentialHeaderStrategy extends Strategy {
  constructor(private readonly verify: (credential: string, address: string, done: Done) => void) {
    super();
  }

  override authenticate(request: { headers: IncomingHttpHeaders; ip?: string | undefined }): void {
    const credential = credentialIn(request.headers);
    if (credential === null) {
      this.fail(401);
      return;
    }
    this.verify(credential, request.ip ?? '', (error, caller) => {
      if (error !== null) this.error(error);
      else if (caller === undefined || caller === false) this.fail(401);
      else this.success(caller);
    });
  }
}

/** Returns the API key or token that a request carries; null if it carries none. */
export function credentialIn(headers: IncomingHttpHeaders): string | null {
  const named = headers['x-api-key'];
  if (typeof named === 'string') return named;
  const [, token = null] = /^Bearer +(\S+)$/i.exec(headers.authorization ?? '') ?? [];
  return token;
}

export const CREDENTIAL_STRATEGY = 'credential';

/** Authenticates callers by API key or by token. */
@Injectable()
export class CredentialStrategy extends PassportStrategy(CredentialHeaderStrategy, CREDENTIAL_STRATEGY) {
  constructor(private readonly authenticator: Authenticator) {
    super();
  }

  /** Returns the caller; false if the API key is invalid. */
  async validate(credential: string, address: string): Promise<Caller | false> {
    return (await this.authenticator.verify(credential, address)) ?? false;
  }
}
