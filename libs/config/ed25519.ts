import { createPrivateKey } from 'node:crypto';

/** Reports whether a text is an Ed25519 private key, PKCS#8 in PEM. */
export function isEd25519Key(pem: string): boolean {
  try {
    return createPrivateKey(pem).asymmetricKeyType === 'ed25519';
  } catch {
    return false;
  }
}
