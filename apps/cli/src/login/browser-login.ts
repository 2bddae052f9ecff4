import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { type AddressInfo } from 'node:net';

import {
  authorizationCodeGrant,
  buildAuthorizationUrl,
  calculatePKCECodeChallenge,
  type Configuration,
  randomPKCECodeVerifier,
  randomState,
  type TokenEndpointResponse,
  type TokenEndpointResponseHelpers,
} from 'openid-client';

/** How long a person has to log in. */
const PATIENCE_MS = 300_000;

const PAGE = `<!doctype html><meta charset="utf-8"><title>Bulkhead</title>
<p>This window can be closed: <code>bulkhead</code> goes on in the terminal.</p>`;

/**
 * Logs a person in with a browser on this machine: authorization code with PKCE and a redirect to the loopback address
 * (RFC 8252, section 7.3).
 * @param show tells the person which address to open
 */
export async function logInByBrowser(
  configuration: Configuration,
  scopes: readonly string[],
  show: (address: string) => void,
): Promise<TokenEndpointResponse & TokenEndpointResponseHelpers> {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  try {
    const redirect = `http://127.0.0.1:${(server.address() as AddressInfo).port}/callback`;
    const [verifier, state] = [randomPKCECodeVerifier(), randomState()];
    const address = buildAuthorizationUrl(configuration, {
      redirect_uri: redirect,
      scope: scopes.join(' '),
      code_challenge: await calculatePKCECodeChallenge(verifier),
      code_challenge_method: 'S256',
      state,
      // Otherwise providers that ask for consent give no token to renew the login with.
      prompt: 'consent',
    });
    const back = comesBack(server, redirect);
    show(address.href);
    return await authorizationCodeGrant(configuration, await back, {
      pkceCodeVerifier: verifier,
      expectedState: state,
    });
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

/** Resolves to the address that the browser is sent back to. */
function comesBack(server: Server, redirect: string): Promise<URL> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      reject(new Error('Nobody logged in within five minutes.'));
    }, PATIENCE_MS);
    server.on('request', (request, response) => {
      const address = new URL(request.url ?? '/', redirect);
      // A browser also asks for an icon.
      const isCallback = address.pathname === '/callback' && address.searchParams.has('state');
      response.writeHead(isCallback ? 200 : 404, {
        'content-type': 'text/html; charset=utf-8',
        'content-security-policy': "default-src 'none'",
        connection: 'close',
      });
      response.end(isCallback ? PAGE : '', () => {
        if (!isCallback) return;
        clearTimeout(timer);
        resolve(address);
      });
    });
  });
}
