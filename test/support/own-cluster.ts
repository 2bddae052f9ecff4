import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { inject } from 'vitest';

import { type ControlPlane, startControlPlane } from '../../dev/control-plane.mjs';
import { grantWorkerAccess } from '../../dev/worker-access.mjs';
import { Cluster } from './cluster.js';

/** A control plane for one test file, which can change objects that all tenants of a cluster share. */
export interface OwnCluster {
  cluster: Cluster;
  plane: ControlPlane;
  /** Path of a kubeconfig with the worker's own identity and rights. */
  workerKubeconfig: string;
  stop: () => Promise<void>;
}

/** @param apiServerFlags additional flags of kube-apiserver */
export async function startOwnCluster(apiServerFlags: readonly string[] = []): Promise<OwnCluster> {
  const dir = mkdtempSync(path.join(tmpdir(), 'bulkhead-own-'));
  const binary = inject('controlPlaneBinary');
  const speed = { unsafeNoFsync: true, lavish: true, liftedLimits: true };
  const plane = await startControlPlane({ dir, binary, ...speed, apiServerFlags });
  const workerKubeconfig = path.join(dir, 'worker.kubeconfig');
  await grantWorkerAccess(plane, workerKubeconfig);
  return {
    cluster: new Cluster(plane.adminKubeconfig),
    plane,
    workerKubeconfig,
    stop: async () => {
      await plane.stop();
      rmSync(dir, { recursive: true });
    },
  };
}
