import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { importJWK, type JWK, SignJWT } from 'jose';

import { audience, loginIssuer, redirectUris, swaggerClient } from '../../dev/login-people.mjs';
import { type AdminClient } from './admin-client.js';
import { freePort } from './program.js';

const script = path.resolve(import.meta.dirname, '../../dev/login.mjs');

/** An entry of the file of issuers. */
export type IssuerEntry = Record<string, unknown>;

/** The login of `npm start`: a real OpenID provider, as a process of its own. */
export class Login {
  private readonly folder = mkdtempSync(path.join(tmpdir(), 'bulkhead-login-'));
  private child: ChildProcess | null = null;

  private constructor(
    private readonly port: number,
    private readonly apiPort: number,
  ) {}

  /** @param apiPort port of the API whose Swagger UI people use */
  static async start(apiPort: number): Promise<Login> {
    const login = new Login(await freePort(), apiPort);
    await login.start();
    return login;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  /** Its entry in the file of issuers. */
  get issuer(): IssuerEntry {
    return loginIssuer(this.url);
  }

  /** Writes a file of issuers, and returns its path. */
  writeIssuers(...issuers: IssuerEntry[]): string {
    const file = path.join(this.folder, 'issuers.json');
    writeFileSync(file, JSON.stringify({ issuers }));
    return file;
  }

  /** Writes a file into the folder of the login, and returns its path. */
  writeFile(name: string, text: string): string {
    const file = path.join(this.folder, name);
    writeFileSync(file, text);
    return file;
  }

  async start(): Promise<void> {
    const redirects = redirectUris(this.apiPort);
    const settings = { port: this.port, stateFile: this.stateFile, audience, redirectUris: redirects };
    const child = spawn(process.execPath, [script, JSON.stringify(settings)], { stdio: ['pipe', 'pipe', 'inherit'] });
    this.child = child;
    await once(child.stdout, 'data');
  }

  async stop(): Promise<void> {
    const { child } = this;
    if (child === null || child.exitCode !== null) return;
    const ended = once(child, 'exit');
    child.kill('SIGTERM');
    await ended;
  }

  /** Gives it new keys: a token of the old ones is no longer its own. */
  async rotate(): Promise<void> {
    await this.stop();
    rmSync(this.stateFile);
    await this.start();
  }

  async end(): Promise<void> {
    await this.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** Its private key, with which a test makes the tokens that it would never issue. */
  key(): JWK {
    const { jwks } = JSON.parse(readFileSync(this.stateFile, 'utf8')) as { jwks: { keys: [JWK] } };
    return jwks.keys[0];
  }

  /** Signs a token with its key. Members of `change` replace those of a token that is accepted. */
  async sign(change: Record<string, unknown> = {}, header: Record<string, unknown> = {}): Promise<string> {
    const now = Math.floor(Date.now() / 1000);
    const payload = { iss: this.url, aud: audience, sub: 'owner', iat: now, exp: now + 300, ...change };
    const key = this.key();
    const protectedHeader = {
      alg: 'ES256',
      typ: 'at+jwt',
      ...(key.kid === undefined ? {} : { kid: key.kid }),
      ...header,
    };
    return new SignJWT(payload).setProtectedHeader(protectedHeader).sign(await importJWK(key, 'ES256'));
  }

  private get stateFile(): string {
    return path.join(this.folder, 'login.json');
  }
}

/** What a browser is given at the end of a login. */
export interface IssuedTokens {
  access_token: string;
  id_token: string;
}

/**
 * Logs a person in as Swagger UI does: authorization code with PKCE (RFC 7636), through the pages of the login.
 * @param scheme the scheme of the document of the API
 * @param redirectUri where Swagger UI is
 */
export async function logIn(scheme: LoginScheme, redirectUri: string, person: string): Promise<IssuedTokens> {
  const verifier = Buffer.from(crypto.getRandomValues(new Uint8Array(32))).toString('base64url');
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(verifier));
  const { authorizationUrl, tokenUrl, scopes } = scheme.flows.authorizationCode;
  const first = new URL(authorizationUrl);
  first.search = new URLSearchParams({
    client_id: swaggerClient,
    response_type: 'code',
    redirect_uri: redirectUri,
    scope: Object.keys(scopes).join(' '),
    code_challenge: Buffer.from(digest).toString('base64url'),
    code_challenge_method: 'S256',
    state: 'a-state',
  }).toString();
  const back = await walk(first, redirectUri, person);
  if (back.searchParams.get('state') !== 'a-state') throw new Error(`another state came back: ${back.href}`);
  const answer = await fetch(tokenUrl, {
    method: 'POST',
    headers: { origin: new URL(redirectUri).origin },
    body: new URLSearchParams({
      grant_type: 'authorization_code',
      client_id: swaggerClient,
      code: back.searchParams.get('code') ?? '',
      redirect_uri: redirectUri,
      code_verifier: verifier,
    }),
  });
  if (!answer.ok) throw new Error(`the login answered ${answer.status}: ${await answer.text()}`);
  // Without this header a browser would keep the answer from the page.
  if (answer.headers.get('access-control-allow-origin') === null) throw new Error('the page may not read its token');
  return (await answer.json()) as IssuedTokens;
}

export interface LoginScheme {
  type: string;
  flows: { authorizationCode: { authorizationUrl: string; tokenUrl: string; scopes: Record<string, string> } };
}

/** Follows redirects with a jar of cookies, and chooses a person where a page asks for one. */
async function walk(first: URL, redirectUri: string, person: string): Promise<URL> {
  const jar = new Map<string, string>();
  let [next, form] = [first, undefined as URLSearchParams | undefined];
  for (let hops = 0; hops < 10; hops += 1) {
    const cookie = [...jar].map(([name, value]) => `${name}=${value}`).join('; ');
    const body = form === undefined ? {} : { method: 'POST', body: form };
    const answer = await fetch(next, { redirect: 'manual', headers: { cookie }, ...body });
    for (const each of answer.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(each) ?? [];
      jar.set(name, value);
    }
    const location = answer.headers.get('location');
    if (location === null) {
      const page = await answer.text();
      if (!page.includes(`value="${person}"`)) throw new Error(`no page to choose ${person}: ${answer.status} ${page}`);
      form = new URLSearchParams({ person });
      continue;
    }
    [next, form] = [new URL(location, next), undefined];
    if (next.href.startsWith(redirectUri)) return next;
  }
  throw new Error(`the login did not come back, but stayed at ${next.href}`);
}

/** Returns the entry of the cluster of the tests, which issues tokens of ServiceAccounts. */
export function clusterIssuer(login: Login, { server, ca, token }: AdminClient): IssuerEntry {
  return {
    name: 'cluster',
    issuer: 'https://kubernetes.default.svc',
    discoveryUrl: `${server}/.well-known/openid-configuration`,
    caFile: login.writeFile('ca.pem', ca),
    tokenFile: login.writeFile('token', token),
    callers: 'workloads',
    audiences: ['bulkhead'],
    algorithms: ['RS256', 'ES256'],
    types: ['absent'],
    members: { serviceAccountsOf: 'default' },
    rules: [{ when: { '/kubernetes.io/namespace': 'default', sub: '*:billing' }, role: 'billing' }],
  };
}
