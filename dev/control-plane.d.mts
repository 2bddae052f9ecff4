import type { Supervisor } from './processes.mjs';

export interface ControlPlaneOptions {
  /** Folder for everything of this control plane. Starting again on it keeps objects, keys, tokens and ports. */
  dir: string;
  /** The program that `controlPlaneBinary()` built. */
  binary: string;
  /** Fixed ports; by default those of the last start while they are free, otherwise any. */
  ports?: { api?: number; etcd?: number; etcdPeer?: number };
  /** Do not wait for the disk: for data that nobody needs after a crash. */
  unsafeNoFsync?: boolean;
  /** Use more memory (some GiB) and less of the processors: Go collects its garbage less often. */
  lavish?: boolean;
  /** Record every write request (who, what, which answer; no contents) as JSON lines in `auditLog`. */
  auditLog?: boolean;
  /** More of kube-apiserver's command line. */
  apiServerFlags?: readonly string[];
  /** Where `etcd.log`, `kube-apiserver.log` and `kube-controller-manager.log` go; `dir` by default. */
  logDir?: string;
  /** Who ends the processes; by default one of their own. */
  supervisor?: Supervisor;
}

export type ControlPlaneComponent = 'etcd' | 'kube-apiserver' | 'kube-controller-manager';

export interface ControlPlane {
  url: string;
  /** Path of a kubeconfig for user `bulkhead-dev-admin`, group `system:masters`. */
  adminKubeconfig: string;
  adminToken: string;
  /** The certificate authority of `url`, PEM. */
  ca: string;
  /** Path of the audit log, when it was asked for. */
  auditLog: string | undefined;
  /** Process numbers of what runs now. */
  pids(): Partial<Record<ControlPlaneComponent, number>>;
  /** The API server's metrics in Prometheus text format. */
  metrics(): Promise<string>;
  /** Stops the API server alone, as an outage; SIGKILL makes it abrupt. The port stays reserved for it. */
  stopApiServer(signal?: NodeJS.Signals): Promise<void>;
  /** Starts it again on the same port and waits until it is ready. */
  startApiServer(): Promise<void>;
  stopControllerManager(signal?: NodeJS.Signals): Promise<void>;
  startControllerManager(): Promise<void>;
  /** Stops everything in order and waits. */
  stop(): Promise<void>;
}

/** Starts etcd, kube-apiserver and kube-controller-manager and waits until they are ready. */
export function startControlPlane(options: ControlPlaneOptions): Promise<ControlPlane>;
