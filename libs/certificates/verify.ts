import { isDeepStrictEqual } from 'node:util';

import { compactVerify, createLocalJWKSet, decodeProtectedHeader, errors, type JSONWebKeySet } from 'jose';

import { deletionCertificate, deletionStatement, type DeletionStatement } from './statement.js';

/** EdDSA with an Ed25519 key (RFC 8037). Pinned: a header that names another algorithm is refused. */
export const ALGORITHM = 'EdDSA';
/** `typ` of the protected header, so that no other thing signed with the key passes for a certificate. */
export const STATEMENT_TYPE = 'bulkhead-deletion+jws';

/** The certificate does not prove what it says; the message is one sentence for a person. */
export class NotVerified extends Error {
  override readonly name = 'NotVerified';
}

/**
 * Checks a deletion certificate. Needs nothing but its arguments.
 * @param text the answer of `GET /v1/tenants/{id}/deletion-certificate`, or the JWS alone.
 * @param keys a JSON Web Key Set that the caller trusts.
 * @returns what the signature covers.
 * @throws NotVerified
 */
export async function verifyCertificate(
  text: string,
  keys: unknown,
): Promise<{ statement: DeletionStatement; keyId: string }> {
  const { jws, shown } = read(text);
  const keyId = headerKey(jws);
  const payload = await signedPayload(jws, keySet(keys), keyId);
  const parsed = deletionStatement.safeParse(payload);
  if (!parsed.success) throw new NotVerified('What is signed is not a deletion certificate that this version knows.');
  if (shown !== undefined && !isDeepStrictEqual(shown.statement, parsed.data)) {
    throw new NotVerified('The readable statement is not what was signed: the certificate was changed.');
  }
  if (shown !== undefined && shown.keyId !== keyId) throw new NotVerified('The key id is not that of the signature.');
  return { statement: parsed.data, keyId };
}

interface Shown {
  statement: unknown;
  keyId: string;
}

function read(text: string): { jws: string; shown?: Shown } {
  const trimmed = text.trim();
  if (/^[\w-]+\.[\w-]+\.[\w-]+$/.test(trimmed)) return { jws: trimmed };
  // The statement is compared with what is signed, so that here only its presence counts.
  const parsed = deletionCertificate.safeParse(parseJson(trimmed));
  if (!parsed.success) throw new NotVerified('This is not a deletion certificate.');
  const { jws, statement, keyId } = parsed.data;
  return { jws, shown: { statement, keyId } };
}

function headerKey(jws: string): string {
  try {
    const { alg, typ, kid } = decodeProtectedHeader(jws);
    if (alg === ALGORITHM && typ === STATEMENT_TYPE && typeof kid === 'string') return kid;
  } catch {
    // Not a JWS; said below.
  }
  throw new NotVerified('The signature is not that of a deletion certificate.');
}

function keySet(keys: unknown): JSONWebKeySet {
  const { keys: list } = (keys ?? {}) as { keys?: unknown };
  if (!Array.isArray(list)) throw new NotVerified('The keys are not a JSON Web Key Set.');
  return { keys: list as JSONWebKeySet['keys'] };
}

async function signedPayload(jws: string, keys: JSONWebKeySet, keyId: string): Promise<unknown> {
  try {
    const { payload } = await compactVerify(jws, createLocalJWKSet(keys), { algorithms: [ALGORITHM] });
    return parseJson(new TextDecoder().decode(payload));
  } catch (error) {
    if (error instanceof errors.JWKSNoMatchingKey) {
      throw new NotVerified(`The key "${keyId}" that signed it is not among the given keys.`);
    }
    if (error instanceof errors.JWSSignatureVerificationFailed) {
      throw new NotVerified('The signature does not match: the certificate was changed after it was signed.');
    }
    throw new NotVerified('The signature cannot be checked: the certificate or the keys are damaged.');
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
