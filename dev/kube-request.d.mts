/** Sends one request to a Kubernetes API server. */
export function kubeRequest(
  server: { url: string; ca: string; token: string },
  method: string,
  path: string,
  options?: { body?: unknown; contentType?: string; timeoutMs?: number },
): Promise<{ status: number; body: unknown }>;
