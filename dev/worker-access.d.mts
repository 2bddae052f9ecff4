/**
 * Gives the worker its own identity with exactly the rights of `deploy/worker-rbac.yaml`, and writes a kubeconfig
 * for it to the given path.
 */
export function grantWorkerAccess(
  controlPlane: { url: string; ca: string; adminToken: string },
  kubeconfig: string,
): Promise<void>;
