import { refreshTokenGrant, type TokenEndpointResponse, type TokenEndpointResponseHelpers } from 'openid-client';

import { UsageError } from '../exit-codes.js';
import { issuerOf } from './login-settings.js';
import { readLogin, type StoredLogin, writeLogin } from './stored-logins.js';

/** A token is renewed this long before it ends, so that it does not end on the way. */
const MARGIN_MS = 30_000;

/** Returns what is kept of the answer of an issuer. */
export function loginOf(
  { issuer, clientId }: Pick<StoredLogin, 'issuer' | 'clientId'>,
  tokens: TokenEndpointResponse & TokenEndpointResponseHelpers,
  previous?: StoredLogin,
): StoredLogin {
  return {
    issuer,
    clientId,
    accessToken: tokens.access_token,
    expiresAt: Date.now() + (tokens.expiresIn() ?? 300) * 1_000,
    refreshToken: tokens.refresh_token ?? previous?.refreshToken ?? null,
  };
}

/**
 * Returns a token for an API that a person has logged in to, renewed if it is about to end.
 * @throws UsageError if the login has ended
 */
export async function accessToken(apiUrl: string): Promise<string> {
  const stored = readLogin(apiUrl);
  if (stored === null) throw new UsageError('You are not logged in. Run `bulkhead login`.');
  if (stored.expiresAt - MARGIN_MS > Date.now()) return stored.accessToken;
  if (stored.refreshToken === null) throw new UsageError('Your login has ended. Run `bulkhead login`.');
  const configuration = await issuerOf(stored, stored.clientId);
  try {
    const renewed = loginOf(stored, await refreshTokenGrant(configuration, stored.refreshToken), stored);
    writeLogin(apiUrl, renewed);
    return renewed.accessToken;
  } catch (error) {
    if (error instanceof Error && 'error' in error && error.error === 'invalid_grant') {
      throw new UsageError('Your login has ended. Run `bulkhead login`.');
    }
    throw error;
  }
}
