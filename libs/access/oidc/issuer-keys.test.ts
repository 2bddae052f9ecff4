import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { type AddressInfo } from 'node:net';

import { Logger } from '@nestjs/common';
import { errors, exportJWK, generateKeyPair, type JWK, jwtVerify, SignJWT } from 'jose';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';

import { IssuerKeys, IssuerUnavailable } from './issuer-keys.js';
import { issuersFile } from './issuer.js';

const HOUR = 3_600_000;

/** A real issuer, which counts how often its keys are read. */
class Provider {
  keys: JWK[] = [];
  reads = 0;
  /** What the document says of itself; null: what is right. */
  named: string | null = null;
  private constructor(
    private readonly server: Server,
    private readonly port: number,
  ) {
    server.on('request', ({ url = '' }, response) => {
      const isDocument = url.startsWith('/.well-known');
      if (!isDocument) this.reads += 1;
      const document = { issuer: this.named ?? this.url, jwks_uri: `${this.url}/keys` };
      response.end(JSON.stringify(isDocument ? document : { keys: this.keys }));
    });
  }

  static async start(): Promise<Provider> {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    return new Provider(server, (server.address() as AddressInfo).port);
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  async stop(): Promise<void> {
    if (!this.server.listening) return;
    this.server.closeAllConnections();
    this.server.close();
    await once(this.server, 'close');
  }

  /** Makes a key, and returns a function that signs tokens with it. */
  async newKey(kid: string): Promise<() => Promise<string>> {
    const { publicKey, privateKey } = await generateKeyPair('ES256', { extractable: true });
    this.keys = [{ ...(await exportJWK(publicKey)), alg: 'ES256', kid }];
    return () => new SignJWT({}).setProtectedHeader({ alg: 'ES256', kid }).sign(privateKey);
  }
}

let provider: Provider;
let time = 0;
beforeEach(async () => {
  Logger.overrideLogger(false);
  time = 0;
  provider = await Provider.start();
});
afterEach(() => provider.stop());

function keysOf(): IssuerKeys {
  const { issuers } = issuersFile.parse({
    issuers: [{ name: 'test', issuer: provider.url, audiences: ['bulkhead'], coolDownSeconds: 30 }],
  });
  const [issuer] = issuers;
  if (issuer === undefined) throw new Error('no issuer was parsed');
  return new IssuerKeys(issuer, () => time);
}

const verify = async (keys: IssuerKeys, token: string): Promise<string> =>
  jwtVerify(token, keys.find).then(
    () => 'accepted',
    (error: unknown) => {
      if (error instanceof errors.JWKSNoMatchingKey) return 'unknown key';
      if (error instanceof IssuerUnavailable) return 'unavailable';
      throw error;
    },
  );

describe('the keys of an issuer', () => {
  test('are read once for many tokens, and again in the background when they are old', async () => {
    const sign = await provider.newKey('a');
    const keys = keysOf();
    const token = await sign();
    expect(await Promise.all(Array.from({ length: 50 }, () => verify(keys, token)))).toEqual(
      Array(50).fill('accepted'),
    );
    expect(provider.reads).toBe(1);
    time += HOUR;
    expect(await verify(keys, token)).toBe('accepted');
    await expect.poll(() => provider.reads).toBe(2);
  });

  test('are read again for an unknown one, once in a cool-down however many tokens come', async () => {
    await provider.newKey('a');
    const unknown = await (await Provider.start()).newKey('b');
    const keys = keysOf();
    const flood = await Promise.all(Array.from({ length: 200 }, async () => verify(keys, await unknown())));
    expect(new Set(flood)).toEqual(new Set(['unknown key']));
    expect(provider.reads).toBe(1);
    time += 31_000;
    for (let sent = 0; sent < 200; sent += 1) expect(await verify(keys, await unknown())).toBe('unknown key');
    expect(provider.reads).toBe(2);
    const sign = await provider.newKey('c');
    time += 31_000;
    expect(await verify(keys, await sign())).toBe('accepted');
  });

  test('are used for a day while the issuer is away, whose floods do not reach it either', async () => {
    const sign = await provider.newKey('a');
    const keys = keysOf();
    expect(await verify(keys, await sign())).toBe('accepted');
    await provider.stop();
    time += 23 * HOUR;
    expect(await verify(keys, await sign())).toBe('accepted');
    time += 2 * HOUR;
    expect(await verify(keys, await sign())).toBe('unavailable');
  });

  test('are not taken from a document about another issuer', async () => {
    const sign = await provider.newKey('a');
    provider.named = 'https://else.example';
    expect(await verify(keysOf(), await sign())).toBe('unavailable');
    expect(provider.reads).toBe(0);
  });
});
