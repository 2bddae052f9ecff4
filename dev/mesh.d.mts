/**
 * Installs the kinds of a mesh in the development control plane, and records the mesh for the worker.
 * @returns the environment of the worker, and whether an earlier start had another mesh
 */
export function ensureMesh(
  plane: { url: string; ca: string; adminToken: string },
  kind: 'none' | 'istio-sidecar' | 'istio-ambient' | 'linkerd',
  folder: { cluster: string },
): Promise<{ env: Record<string, string>; isNew: boolean }>;
