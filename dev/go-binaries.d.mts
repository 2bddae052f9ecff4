import type { Supervisor } from './processes.mjs';

interface BuildOptions {
  supervisor?: Supervisor;
  tell?: (detail: string) => void;
}

/** The path of the development control plane, built first when this version of it was never built by this user. */
export function controlPlaneBinary(options?: BuildOptions): Promise<string>;

/** The path of the judge of policies, built first when this version of it was never built by this user. */
export function policyJudgeBinary(options?: BuildOptions): Promise<string>;

/** The path of OPA Gatekeeper, built first when this version of it was never built by this user. */
export function gatekeeperBinary(options?: BuildOptions): Promise<string>;

/** The path of Prometheus, built first when this version of it was never built by this user. */
export function prometheusBinary(options?: BuildOptions): Promise<string>;

/** The path of promtool, built first when this version of it was never built by this user. */
export function promtoolBinary(options?: BuildOptions): Promise<string>;

/** The path of Helm, built first when this version of it was never built by this user. */
export function helmBinary(options?: BuildOptions): Promise<string>;

/**
 * The path of one of Istio's programs, built first when this version of it was never built by this user: its control
 * plane, its command line, the agent that runs Envoy, or the client in dev/istio that asks istiod as proxies do.
 */
export function istioBinary(
  name: 'istiod' | 'istioctl' | 'pilot-agent' | 'xds',
  options?: BuildOptions,
): Promise<string>;

/** The folder of Istio's sources, from which its programs are built; got first where it must be. */
export function istioFolder(options?: Pick<BuildOptions, 'supervisor'>): Promise<string>;
