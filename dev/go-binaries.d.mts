import type { Supervisor } from './processes.mjs';

interface BuildOptions {
  supervisor?: Supervisor;
  tell?: (detail: string) => void;
}

/** Returns the path of the development control plane, after building it if this user has not built this version yet. */
export function controlPlaneBinary(options?: BuildOptions): Promise<string>;

/** Returns the path of the policy judge, after building it if needed. */
export function policyJudgeBinary(options?: BuildOptions): Promise<string>;

/** Returns the path of OPA Gatekeeper, after building it if needed. */
export function gatekeeperBinary(options?: BuildOptions): Promise<string>;

/** Returns the path of Prometheus, after building it if needed. */
export function prometheusBinary(options?: BuildOptions): Promise<string>;

/** Returns the path of promtool, after building it if needed. */
export function promtoolBinary(options?: BuildOptions): Promise<string>;

/** Returns the path of Helm, after building it if needed. */
export function helmBinary(options?: BuildOptions): Promise<string>;

/** Returns the path of oasdiff, after building it if needed. */
export function oasdiffBinary(options?: BuildOptions): Promise<string>;

/**
 * Returns the path of one of Istio's programs, after building it if needed: its control plane, its command line, the
 * agent that runs Envoy, or the client in dev/istio that queries istiod like a proxy.
 */
export function istioBinary(
  name: 'istiod' | 'istioctl' | 'pilot-agent' | 'xds',
  options?: BuildOptions,
): Promise<string>;

/** Returns the folder of Istio's sources, from which its programs are built, after downloading it if needed. */
export function istioFolder(options?: Pick<BuildOptions, 'supervisor'>): Promise<string>;

/** The programs that only tests start, each with the call by which a test gets its path. */
export const testPrograms: Record<string, { call: string }>;
