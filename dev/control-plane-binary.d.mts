import type { Supervisor } from './processes.mjs';

/** The path of the development control plane, built first when this version of it was never built by this user. */
export function controlPlaneBinary(options?: {
  supervisor?: Supervisor;
  tell?: (detail: string) => void;
}): Promise<string>;
