import { isDeepStrictEqual } from 'node:util';

import { compactVerify, createLocalJWKSet, decodeProtectedHeader, errors, type JSONWebKeySet } from 'jose';
import { z } from 'zod';

import { auditHead, auditHeadStatement, type AuditHeadStatement } from './audit-head.js';
import { isolationReport, type IsolationReport } from './isolation-report.js';
import { deletionCertificate, deletionStatement, type DeletionStatement } from './statement.js';

/** EdDSA with an Ed25519 key (RFC 8037). Pinned: a header that names another algorithm is refused. */
export const ALGORITHM = 'EdDSA';
/** `typ` of the protected header by kind of statement, so that one kind cannot pass for another. */
export const signatureTypes = {
  'bulkhead.io/deletion-certificate': 'bulkhead-deletion+jws',
  'bulkhead.io/isolation-report': 'bulkhead-isolation+jws',
  'bulkhead.io/audit-head': 'bulkhead-audit+jws',
} as const;

/** The document is not validly signed; the message is one sentence for humans. */
export class VerificationError extends Error {
  override readonly name = 'VerificationError';
}

/** The readable part next to a signature. */
interface Shown {
  statement: unknown;
  keyId: string;
}

/** A kind of document that Bulkhead signs. */
interface Kind<T> {
  /** Name for humans. */
  name: string;
  type: string;
  statement: z.ZodType<T>;
  /** Reads the readable part and the signature; null if the format differs. */
  read: (parsed: unknown) => (Shown & { jws: string }) | null;
}

const deletions: Kind<DeletionStatement> = {
  name: 'a deletion certificate',
  type: signatureTypes['bulkhead.io/deletion-certificate'],
  statement: deletionStatement,
  // The statement is later compared with the signed one; here it only has to be present.
  read: (parsed) => deletionCertificate.safeParse(parsed).data ?? null,
};

const auditHeads: Kind<AuditHeadStatement> = {
  name: 'a head of the audit log',
  type: signatureTypes['bulkhead.io/audit-head'],
  statement: auditHeadStatement,
  read: (parsed) => auditHead.safeParse(parsed).data ?? null,
};

/** An isolation check as returned by the API. Only the report in it is signed. */
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
 * Verifies a deletion certificate.
 * @param text the response of `GET /v1/tenants/{id}/deletion-certificate`, or the bare JWS.
 * @param keys a JSON Web Key Set that the caller trusts.
 * @returns the signed statement.
 * @throws VerificationError
 */
export function verifyCertificate(
  text: string,
  keys: unknown,
): Promise<{ statement: DeletionStatement; keyId: string }> {
  return verify(deletions, text, keys);
}

/**
 * Verifies an isolation report; see `verifyCertificate`.
 * @param text the response of `GET /v1/tenants/{id}/isolation-checks/{check}`, or the bare JWS.
 * @throws VerificationError
 */
export function verifyIsolationReport(
  text: string,
  keys: unknown,
): Promise<{ statement: IsolationReport; keyId: string }> {
  return verify(reports, text, keys);
}

/**
 * Verifies a signed head of the audit log; see `verifyCertificate`.
 * @param text the response of `GET /v1/audit-events/head`, or the bare JWS.
 * @throws VerificationError
 */
export function verifyAuditHead(
  text: string,
  keys: unknown,
): Promise<{ statement: AuditHeadStatement; keyId: string }> {
  return verify(auditHeads, text, keys);
}

/** Reports whether a text looks like an isolation report rather than a certificate. Verifies nothing. */
export function looksLikeIsolationReport(text: string): boolean {
  const trimmed = text.trim();
  return isJws(trimmed) ? header(trimmed)?.typ === reports.type : reports.read(parseJson(trimmed)) !== null;
}

async function verify<T>(kind: Kind<T>, text: string, keys: unknown): Promise<{ statement: T; keyId: string }> {
  const { jws, shown } = read(kind, text);
  const keyId = headerKey(kind, jws);
  const payload = await signedPayload(jws, keySet(keys), keyId);
  const parsed = kind.statement.safeParse(payload);
  if (!parsed.success) {
    throw new VerificationError(`The signed content is not ${kind.name} that this version supports.`);
  }
  if (shown !== undefined && !isDeepStrictEqual(shown.statement, parsed.data)) {
    throw new VerificationError('The readable statement is not what was signed: the document was changed.');
  }
  if (shown !== undefined && shown.keyId !== keyId) {
    throw new VerificationError('The key id differs from that of the signature.');
  }
  return { statement: parsed.data, keyId };
}

function isJws(text: string): boolean {
  return /^[\w-]+\.[\w-]+\.[\w-]+$/.test(text);
}

function read<T>(kind: Kind<T>, text: string): { jws: string; shown?: Shown } {
  const trimmed = text.trim();
  if (isJws(trimmed)) return { jws: trimmed };
  const document = kind.read(parseJson(trimmed));
  if (document === null) throw new VerificationError(`This is not ${kind.name}.`);
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
  throw new VerificationError(`The signature is not that of ${kind.name}.`);
}

function keySet(keys: unknown): JSONWebKeySet {
  const { keys: list } = (keys ?? {}) as { keys?: unknown };
  if (!Array.isArray(list)) throw new VerificationError('The keys are not a JSON Web Key Set.');
  return { keys: list as JSONWebKeySet['keys'] };
}

async function signedPayload(jws: string, keys: JSONWebKeySet, keyId: string): Promise<unknown> {
  try {
    const { payload } = await compactVerify(jws, createLocalJWKSet(keys), { algorithms: [ALGORITHM] });
    return parseJson(new TextDecoder().decode(payload));
  } catch (error) {
    if (error instanceof errors.JWKSNoMatchingKey) {
      throw new VerificationError(`The signing key "${keyId}" is not among the trusted keys.`);
    }
    if (error instanceof errors.JWSSignatureVerificationFailed) {
      throw new VerificationError('The signature does not match: the document was changed after it was signed.');
    }
    throw new VerificationError('The signature cannot be verified: the document or the keys are damaged.');
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
