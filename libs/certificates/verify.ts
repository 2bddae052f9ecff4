import { isDeepStrictEqual } from 'node:util';

import { compactVerify, createLocalJWKSet, decodeProtectedHeader, errors, type JSONWebKeySet } from 'jose';
import { z } from 'zod';

import { auditHead, auditHeadStatement, type AuditHeadStatement } from './audit-head.js';
import { isolationReport, type IsolationReport } from './isolation-report.js';
import { deletionCertificate, deletionStatement, type DeletionStatement } from './statement.js';

/** EdDSA with an Ed25519 key (RFC 8037). Pinned: a header that names another algorithm is refused. */
export const ALGORITHM = 'EdDSA';
/** `typ` of the protected header by what is signed, so that nothing signed with the key passes for another thing. */
export const signatureTypes = {
  'bulkhead.io/deletion-certificate': 'bulkhead-deletion+jws',
  'bulkhead.io/isolation-report': 'bulkhead-isolation+jws',
  'bulkhead.io/audit-head': 'bulkhead-audit+jws',
} as const;

/** What was given does not prove what it says; the message is one sentence for a person. */
export class NotVerified extends Error {
  override readonly name = 'NotVerified';
}

/** What is shown beside a signature. */
interface Shown {
  statement: unknown;
  keyId: string;
}

/** A kind of thing that Bulkhead signs. */
interface Kind<T> {
  /** For people. */
  name: string;
  type: string;
  statement: z.ZodType<T>;
  /** The readable form with the signature beside it; null when it is not one. */
  read: (parsed: unknown) => (Shown & { jws: string }) | null;
}

const deletions: Kind<DeletionStatement> = {
  name: 'a deletion certificate',
  type: signatureTypes['bulkhead.io/deletion-certificate'],
  statement: deletionStatement,
  // The statement is compared with what is signed, so that here only its presence counts.
  read: (parsed) => deletionCertificate.safeParse(parsed).data ?? null,
};

const auditHeads: Kind<AuditHeadStatement> = {
  name: 'the end of an audit log',
  type: signatureTypes['bulkhead.io/audit-head'],
  statement: auditHeadStatement,
  read: (parsed) => auditHead.safeParse(parsed).data ?? null,
};

/** A run of isolation checks as the API gives it; what it says of itself beside the report is not signed. */
const signedCheck = z.object({ report: isolationReport, keyId: z.string(), jws: z.string() });

const reports: Kind<IsolationReport> = {
  name: 'an isolation report',
  type: signatureTypes['bulkhead.io/isolation-report'],
  statement: isolationReport,
  read: (parsed) => {
    const { data } = signedCheck.safeParse(parsed);
    return data === undefined ? null : { statement: data.report, keyId: data.keyId, jws: data.jws };
  },
};

/**
 * Checks a deletion certificate. Needs nothing but its arguments.
 * @param text the answer of `GET /v1/tenants/{id}/deletion-certificate`, or the JWS alone.
 * @param keys a JSON Web Key Set that the caller trusts.
 * @returns what the signature covers.
 * @throws NotVerified
 */
export function verifyCertificate(
  text: string,
  keys: unknown,
): Promise<{ statement: DeletionStatement; keyId: string }> {
  return verify(deletions, text, keys);
}

/**
 * Checks an isolation report, as `verifyCertificate` does a certificate.
 * @param text the answer of `GET /v1/tenants/{id}/isolation-checks/{check}`, or the JWS alone.
 * @throws NotVerified
 */
export function verifyIsolationReport(
  text: string,
  keys: unknown,
): Promise<{ statement: IsolationReport; keyId: string }> {
  return verify(reports, text, keys);
}

/**
 * Checks the signed end of an audit log, as `verifyCertificate` does a certificate.
 * @param text the answer of `GET /v1/audit-events/head`, or the JWS alone.
 * @throws NotVerified
 */
export function verifyAuditHead(
  text: string,
  keys: unknown,
): Promise<{ statement: AuditHeadStatement; keyId: string }> {
  return verify(auditHeads, text, keys);
}

/** Whether a text is, or is signed as, an isolation report, and not a certificate. Nothing of it is checked. */
export function looksLikeIsolationReport(text: string): boolean {
  const trimmed = text.trim();
  return isJws(trimmed) ? header(trimmed)?.typ === reports.type : reports.read(parseJson(trimmed)) !== null;
}

async function verify<T>(kind: Kind<T>, text: string, keys: unknown): Promise<{ statement: T; keyId: string }> {
  const { jws, shown } = read(kind, text);
  const keyId = headerKey(kind, jws);
  const payload = await signedPayload(jws, keySet(keys), keyId);
  const parsed = kind.statement.safeParse(payload);
  if (!parsed.success) throw new NotVerified(`What is signed is not ${kind.name} that this version knows.`);
  if (shown !== undefined && !isDeepStrictEqual(shown.statement, parsed.data)) {
    throw new NotVerified('The readable statement is not what was signed: the certificate was changed.');
  }
  if (shown !== undefined && shown.keyId !== keyId) throw new NotVerified('The key id is not that of the signature.');
  return { statement: parsed.data, keyId };
}

function isJws(text: string): boolean {
  return /^[\w-]+\.[\w-]+\.[\w-]+$/.test(text);
}

function read<T>(kind: Kind<T>, text: string): { jws: string; shown?: Shown } {
  const trimmed = text.trim();
  if (isJws(trimmed)) return { jws: trimmed };
  const document = kind.read(parseJson(trimmed));
  if (document === null) throw new NotVerified(`This is not ${kind.name}.`);
  const { jws, ...shown } = document;
  return { jws, shown };
}

function header(jws: string): ReturnType<typeof decodeProtectedHeader> | null {
  try {
    return decodeProtectedHeader(jws);
  } catch {
    return null;
  }
}

function headerKey<T>(kind: Kind<T>, jws: string): string {
  const { alg, typ, kid } = header(jws) ?? {};
  if (alg === ALGORITHM && typ === kind.type && typeof kid === 'string') return kid;
  throw new NotVerified(`The signature is not that of ${kind.name}.`);
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
