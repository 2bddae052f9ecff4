/** One side of a link as the API answers it. */
interface SideBody {
  tenantId: string;
  environment: string;
  consent: { by: string; at: string } | null;
  cutOff: boolean;
  inForce: boolean;
  operationId: string | null;
}

/** A link as the API answers it. */
export interface LinkBody {
  id: string;
  state: string;
  provider: SideBody & { service: string; ports: number[] };
  consumer: SideBody & { serviceAccount: string };
  expiresAt: string;
  createdBy: string;
  resolved: { podLabels: Record<string, string>; ports: { port: number; targetPort: number }[] } | null;
  problem: { code: string; message: string; object: string; remedy: string } | null;
  ended: { at: string; by: string; reason: string } | null;
}
