// The login of `npm start` and of tests: an OpenID provider with four people and no passwords, for this machine alone.
//   node login.mjs '{"port":3001,"stateFile":"…/login.json","audience":"bulkhead","redirectUris":["…"]}'
import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { createServer } from 'node:http';
import { URLSearchParams } from 'node:url';
import { Provider } from 'oidc-provider';
import { cliClient, loginScopes, people, swaggerClient } from './login-people.mjs';
import { readJson, writePrivateJson } from './private-files.mjs';

const { port, stateFile, audience, redirectUris } = JSON.parse(process.argv[2]);
const host = '127.0.0.1';
const issuer = `http://${host}:${port}`;
const scope = loginScopes.join(' ');

/** Keys that outlive a restart; otherwise it would log everybody out. */
function state() {
  const stored = readJson(stateFile);
  if (stored !== undefined) return stored;
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const jwk = {
    ...privateKey.export({ format: 'jwk' }),
    alg: 'ES256',
    use: 'sig',
    kid: randomBytes(8).toString('hex'),
  };
  const created = { jwks: { keys: [jwk] }, cookieKeys: [randomBytes(32).toString('hex')] };
  writePrivateJson(stateFile, created);
  return created;
}

const { jwks, cookieKeys } = state();
const client = { token_endpoint_auth_method: 'none', response_types: ['code'] };
const provider = new Provider(issuer, {
  jwks,
  cookies: { keys: cookieKeys },
  clientDefaults: { id_token_signed_response_alg: 'ES256' },
  enabledJWA: { idTokenSigningAlgValues: ['ES256'] },
  clients: [
    { ...client, client_id: swaggerClient, redirect_uris: redirectUris, grant_types: ['authorization_code'] },
    {
      ...client,
      client_id: cliClient,
      application_type: 'native',
      // Any port of the loopback address (RFC 8252, section 7.3).
      redirect_uris: ['http://127.0.0.1/callback'],
      grant_types: ['authorization_code', 'refresh_token', 'urn:ietf:params:oauth:grant-type:device_code'],
    },
  ],
  scopes: loginScopes,
  claims: { email: ['email', 'email_verified'], profile: ['name'], groups: ['groups'] },
  features: {
    devInteractions: { enabled: false },
    deviceFlow: { enabled: true },
    resourceIndicators: {
      enabled: true,
      // Swagger UI cannot send `resource`, and a token for no resource would be opaque.
      defaultResource: () => audience,
      useGrantedResource: () => true,
      getResourceServerInfo: () => ({
        scope,
        audience,
        accessTokenFormat: 'jwt',
        accessTokenTTL: 3_600,
        jwt: { sign: { alg: 'ES256' } },
      }),
    },
  },
  extraTokenClaims: (_context, token) => claimsOf(token.accountId),
  findAccount: (_context, id) => ({ accountId: id, claims: () => ({ sub: id, ...claimsOf(id) }) }),
  interactions: { url: (_context, { uid }) => `/login/${uid}` },
  pkce: { required: () => true },
  // Whoever is logged in has consented: the clients are Bulkhead's own.
  loadExistingGrant: ({ oidc }) => granted(oidc.client.clientId, oidc.session.accountId),
});

async function granted(clientId, accountId) {
  const grant = new provider.Grant({ clientId, accountId });
  grant.addOIDCScope(scope);
  grant.addResourceScope(audience, scope);
  await grant.save();
  return grant;
}

function claimsOf(id) {
  const { email, name, groups } = people[id] ?? {};
  return email && { email, email_verified: true, name, groups };
}

const answerAsProvider = provider.callback();

const server = createServer((request, response) => {
  answer(request, response).catch((error) => {
    response.writeHead(400, { 'content-type': 'text/plain; charset=utf-8' }).end(`${error.message}\n`);
  });
});

async function answer(request, response) {
  // A web page of a foreign host that resolves to this machine is refused.
  if (request.headers.host !== `${host}:${port}`) throw new Error(`Open ${issuer}.`);
  if (!request.url.startsWith('/login/')) return answerAsProvider(request, response);
  const { prompt, params, session } = await provider.interactionDetails(request, response);
  if (prompt.name === 'consent') {
    const { jti: grantId } = await granted(params.client_id, session.accountId);
    await provider.interactionFinished(request, response, { consent: { grantId } }, { mergeWithLastSubmission: true });
    return;
  }
  const person = request.method === 'POST' ? await chosen(request) : undefined;
  if (person === undefined) {
    response.writeHead(200, { 'content-type': 'text/html; charset=utf-8', 'content-security-policy': pagePolicy });
    response.end(page());
    return;
  }
  await provider.interactionFinished(request, response, { login: { accountId: person } });
}

async function chosen(request) {
  let body = '';
  for await (const chunk of request.setEncoding('utf8')) {
    body += chunk;
    if (body.length > 1_000) throw new Error('The form is too long.');
  }
  const person = new URLSearchParams(body).get('person');
  return Object.hasOwn(people, person) ? person : undefined;
}

const pagePolicy = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'";

function page() {
  const buttons = Object.entries(people).map(
    ([id, { name, email, can }]) =>
      `<button name="person" value="${id}"><b>${name}</b> <span>${email}</span><br><small>${can}</small></button>`,
  );
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Log in to Bulkhead</title>
<style>
  body { font: 16px system-ui; max-width: 28rem; margin: 10vh auto; padding: 0 1rem; color-scheme: light dark }
  button { display: block; width: 100%; margin: 0.5rem 0; padding: 0.75rem 1rem; font: inherit; text-align: left }
</style>
<main>
<h1>Log in to Bulkhead</h1>
<p>For development on this machine: choose who you are. There are no passwords.</p>
<form method="post">
${buttons.join('\n')}
</form>
</main>
</html>
`;
}

server.listen(port, host, () => console.log(`the login is ready at ${issuer}`));
// The starter holds the other end.
process.stdin
  .resume()
  .once('end', () => process.exit(0))
  .once('error', () => process.exit(0));
process.once('SIGTERM', () => process.exit(0));
