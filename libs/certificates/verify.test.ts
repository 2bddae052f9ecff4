import { generateKeyPairSync, verify as verifySignature, createPublicKey } from 'node:crypto';

import { beforeAll, describe, expect, test } from 'vitest';

import { SigningKey } from './signing-key.js';
import { type DeletionCertificate, type DeletionStatement } from './statement.js';
import { type IsolationReport } from './isolation-report.js';
import { looksLikeIsolationReport, VerificationError, verifyCertificate, verifyIsolationReport } from './verify.js';

const pem = (): string => generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();

const statement: DeletionStatement = {
  type: 'bulkhead.io/deletion-certificate',
  version: 1,
  tenant: { id: 'tenant_1', slug: 'acme', externalId: null, plan: { id: 'team', version: 1 } },
  deletion: {
    operationId: null,
    requestedAt: '2026-11-23T10:00:00.000Z',
    requestedBy: 'key_1',
    startedAt: '2026-11-23T10:00:00.000Z',
    finishedAt: '2026-11-23T10:00:05.000Z',
  },
  namespaces: [{ environment: 'main', name: 'tn-acme', uid: 'u', ownedBySomebodyElse: false }],
  removed: { count: 0, byKind: {}, objects: [], workloads: [] },
  sweep: { cluster: 'cluster_1', apiServerVersion: 'v1.36.3', labelSelector: 'a=b', resources: [], notLookedAt: [] },
};

describe('a deletion certificate', () => {
  let key: SigningKey;
  let certificate: DeletionCertificate;
  let keys: object;

  beforeAll(async () => {
    key = await SigningKey.fromPem(pem());
    certificate = { statement, keyId: key.id, jws: await key.sign(statement) };
    keys = { keys: [key.publicJwk] };
  });

  const refusal = async (text: string, trusted: unknown = keys): Promise<string> => {
    const error: unknown = await verifyCertificate(text, trusted).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(VerificationError);
    return (error as Error).message;
  };

  test('is valid with its key, as a whole or as the bare JWS', async () => {
    expect(await verifyCertificate(JSON.stringify(certificate), keys)).toEqual({ statement, keyId: key.id });
    expect((await verifyCertificate(`${certificate.jws}\n`, keys)).statement).toEqual(statement);
  });

  test('can be verified without this code', () => {
    const [header = '', payload = '', signature = ''] = certificate.jws.split('.');
    const { kty, crv, x } = key.publicJwk;
    const publicKey = createPublicKey({ key: { kty, crv, x }, format: 'jwk' });
    const signed = Buffer.from(`${header}.${payload}`);
    expect(verifySignature(null, signed, publicKey, Buffer.from(signature, 'base64url'))).toBe(true);
  });

  test('is refused if its readable part was changed', async () => {
    const changed = { ...certificate, statement: { ...statement, tenant: { ...statement.tenant, slug: 'other' } } };
    expect(await refusal(JSON.stringify(changed))).toMatch('was changed');
    expect(await refusal(JSON.stringify({ ...certificate, keyId: 'other' }))).toMatch('key id');
  });

  test('is refused if its signed part was changed', async () => {
    const [header = '', , signature = ''] = certificate.jws.split('.');
    const forged = { ...statement, tenant: { ...statement.tenant, slug: 'other' } };
    const payload = Buffer.from(JSON.stringify(forged)).toString('base64url');
    expect(await refusal([header, payload, signature].join('.'))).toMatch('does not match');
  });

  test('is refused if the keys do not include its own', async () => {
    const other = await SigningKey.fromPem(pem());
    expect(await refusal(certificate.jws, { keys: [other.publicJwk] })).toMatch('not among the trusted keys');
    expect(await refusal(certificate.jws, { keys: [] })).toMatch('not among the trusted keys');
    expect(await refusal(certificate.jws, 'none')).toMatch('not a JSON Web Key Set');
  });

  test('is refused if another key poses as its own', async () => {
    const other = await SigningKey.fromPem(pem());
    const posing = { keys: [{ ...other.publicJwk, kid: key.id }] };
    expect(await refusal(certificate.jws, posing)).toMatch('does not match');
  });

  test('is refused without an algorithm or in any other format', async () => {
    const [, payload = ''] = certificate.jws.split('.');
    const none = Buffer.from(JSON.stringify({ alg: 'none', kid: key.id })).toString('base64url');
    expect(await refusal(`${none}.${payload}.AAAA`)).toMatch('not that of a deletion certificate');
    for (const text of ['', '{}', 'hello', '[]']) expect(await refusal(text)).toMatch('not a deletion certificate');
  });
});

describe('an isolation report', () => {
  const report: IsolationReport = {
    type: 'bulkhead.io/isolation-report',
    version: 1,
    id: 'check_1',
    requests: 1,
    tenant: { id: 'tenant_1', slug: 'acme', generation: 1, plan: { id: 'team', version: 1 } },
    namespaces: ['tn-acme'],
    identities: [],
    notAsked: [],
    checks: [],
    cluster: { name: 'cluster_1', apiServerVersion: '1.36' },
    startedAt: '2026-11-23T10:00:00.000Z',
    finishedAt: '2026-11-23T10:00:05.000Z',
    summary: { passed: 0, failed: 0, notApplicable: 0 },
  };

  test('is valid as an API response and as the bare JWS, but never as a certificate', async () => {
    const key = await SigningKey.fromPem(pem());
    const keys = { keys: [key.publicJwk] };
    const jws = await key.sign(report);
    const run = JSON.stringify({ id: 'check_1', state: 'succeeded', report, keyId: key.id, jws });
    for (const text of [run, jws]) {
      expect(looksLikeIsolationReport(text)).toBe(true);
      expect(await verifyIsolationReport(text, keys)).toEqual({ statement: report, keyId: key.id });
      await expect(verifyCertificate(text, keys)).rejects.toThrow(VerificationError);
    }
    const certificate = await key.sign(statement);
    expect(looksLikeIsolationReport(certificate)).toBe(false);
    await expect(verifyIsolationReport(certificate, keys)).rejects.toThrow('not that of an isolation report');
  });

  test('is refused if a check was changed to pass', async () => {
    const key = await SigningKey.fromPem(pem());
    const changed = { ...report, summary: { passed: 1, failed: 0, notApplicable: 0 } };
    const run = JSON.stringify({ report: changed, keyId: key.id, jws: await key.sign(report) });
    await expect(verifyIsolationReport(run, { keys: [key.publicJwk] })).rejects.toThrow('not what was signed');
  });
});

test('only an Ed25519 key can sign, and serializing it does not reveal the key', async () => {
  const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({ type: 'pkcs8', format: 'pem' });
  await expect(SigningKey.fromPem(rsa.toString())).rejects.toThrow('not an Ed25519 key');
  const text = pem();
  const secret = text.split('\n')[1] ?? '';
  expect(JSON.stringify(await SigningKey.fromPem(text))).not.toContain(secret);
});
