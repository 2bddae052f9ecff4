import type { Supervisor } from './processes.mjs';

export interface ControlPlaneOptions {
  /** Folder for everything of this control plane. Another start on it keeps objects, keys, tokens and ports. */
  dir: string;
  /** The program that `controlPlaneBinary()` built. */
  binary: string;
  /** Fixed ports; by default those of the last start if they are free, otherwise any. */
  ports?: { api?: number; etcd?: number; etcdPeer?: number };
  /** Do not wait for the disk: for data that is not needed after a crash. */
  unsafeNoFsync?: boolean;
  /** Use more memory (a few GiB) and less CPU: Go collects garbage less often. */
  lavish?: boolean;
  /**
   * Let controllers send more requests and remove more namespaces at a time than by default. Without it they run with
   * the flags that Kubernetes has by default, as in most clusters.
   */
  liftedLimits?: boolean;
  /** Record every write request (who, what, status; no contents) as JSON lines in `auditLog`. */
  auditLog?: boolean;
  /** Additional flags of kube-apiserver. */
  apiServerFlags?: readonly string[];
  /** The folder for `etcd.log`, `kube-apiserver.log` and `kube-controller-manager.log`; `dir` by default. */
  logDir?: string;
  /** Ends the processes; a new one by default. */
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
  /** Path of the audit log, if enabled. */
  auditLog: string | undefined;
  /** The process ids of the running components. */
  pids(): Partial<Record<ControlPlaneComponent, number>>;
  /** The API server's metrics in Prometheus text format. */
  metrics(): Promise<string>;
  /** Stops only the API server, like an outage; SIGKILL makes it abrupt. Its port stays reserved. */
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
