/** Returns a new private key for deletion certificates, as PEM. */
export function newSigningKey(): string;
