import { createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto';

import { calculateJwkThumbprint, CompactSign, exportJWK } from 'jose';

import { type AuditHeadStatement } from './audit-head.js';
import { type IsolationReport } from './isolation-report.js';
import { type DeletionStatement } from './statement.js';
import { ALGORITHM, signatureTypes } from './verify.js';

/** The public half of a signing key, as a JSON Web Key (RFC 8037). */
export interface PublicJwk {
  kty: 'OKP';
  crv: 'Ed25519';
  x: string;
  kid: string;
  alg: typeof ALGORITHM;
  use: 'sig';
}

/** Signs certificates, reports and audit heads. The private key never leaves the object and never appears in a text. */
export class SigningKey {
  readonly #key: KeyObject;

  private constructor(
    key: KeyObject,
    readonly publicJwk: PublicJwk,
  ) {
    this.#key = key;
  }

  /**
   * @param pem an Ed25519 key in PKCS#8, as printed by `openssl genpkey -algorithm ed25519`.
   * @throws TypeError for any other key.
   */
  static async fromPem(pem: string): Promise<SigningKey> {
    const key = createPrivateKey(pem);
    if (key.asymmetricKeyType !== 'ed25519') throw new TypeError('not an Ed25519 key');
    const { x = '' } = await exportJWK(createPublicKey(key));
    const kid = await calculateJwkThumbprint({ kty: 'OKP', crv: 'Ed25519', x });
    return new SigningKey(key, { kty: 'OKP', crv: 'Ed25519', x, kid, alg: ALGORITHM, use: 'sig' });
  }

  get id(): string {
    return this.publicJwk.kid;
  }

  /** Returns a compact JWS (RFC 7515). */
  async sign(statement: DeletionStatement | IsolationReport | AuditHeadStatement): Promise<string> {
    const payload = new TextEncoder().encode(JSON.stringify(statement));
    const header = { alg: ALGORITHM, kid: this.id, typ: signatureTypes[statement.type] };
    return new CompactSign(payload).setProtectedHeader(header).sign(this.#key);
  }
}
