import { KeyVerifier, type Principal } from '#access';
import { Injectable } from '@nestjs/common';
import { PassportStrategy } from '@nestjs/passport';
import { type IncomingHttpHeaders } from 'node:http';
import { Strategy } from 'passport';

type Done = (error: unknown, principal?: Principal | false) => void;

/** Reads an API key from `Authorization: Bearer …` or `X-API-Key`. */
class ApiKeyHeaderStrategy extends Strategy {
  constructor(private readonly verify: (key: string, address: string, done: Done) => void) {
    super();
  }

  override authenticate(request: { headers: IncomingHttpHeaders; ip?: string | undefined }): void {
    const key = keyIn(request.headers);
    if (key === null) {
      this.fail(401);
      return;
    }
    this.verify(key, request.ip ?? '', (error, principal) => {
      if (error !== null) this.error(error);
      else if (principal === undefined || principal === false) this.fail(401);
      else this.success(principal);
    });
  }
}

function keyIn(headers: IncomingHttpHeaders): string | null {
  const named = headers['x-api-key'];
  if (typeof named === 'string') return named;
  const [, token = null] = /^Bearer +(\S+)$/i.exec(headers.authorization ?? '') ?? [];
  return token;
}

export const API_KEY_STRATEGY = 'api-key';

/** Authenticates machines by API key. */
@Injectable()
export class ApiKeyStrategy extends PassportStrategy(ApiKeyHeaderStrategy, API_KEY_STRATEGY) {
  constructor(private readonly keys: KeyVerifier) {
    super();
  }

  /** Returns the principal of the key; false if the key is invalid. */
  async validate(key: string, address: string): Promise<Principal | false> {
    return (await this.keys.verify(key, address)) ?? false;
  }
}
