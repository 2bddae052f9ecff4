/**
 * Gives the development control plane the kinds of a mesh, and writes down for the worker which one it has.
 * @returns the environment of the worker, and whether an earlier start had another mesh
 */
export function ensureMesh(
  plane: { url: string; ca: string; adminToken: string },
  kind: 'none' | 'istio-sidecar' | 'istio-ambient' | 'linkerd',
  folder: { cluster: string },
): Promise<{ env: Record<string, string>; isNew: boolean }>;
