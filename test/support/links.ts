import { type V1ServiceSpec } from '@kubernetes/client-node';

import { type ApiClient, type TenantBody } from './api-client.js';
import { type Cluster } from './cluster.js';
import { eventually } from './eventually.js';

/** One side of a link as returned by the API. */
interface SideBody {
  tenantId: string;
  environment: string;
  consent: { by: string; at: string } | null;
  cutOff: boolean;
  inForce: boolean;
  operationId: string | null;
}

/** A link as returned by the API. */
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

/** A link between two tenants of a plan that allows many, for a Service with port 80 and target port 8080. */
export interface Proposal {
  provider: TenantBody;
  consumer: TenantBody;
  service?: string;
  ports?: number[];
  expiresInMs?: number;
  consents?: string[];
}

/** Proposes a link that must be accepted. */
export async function proposeLink(api: ApiClient, proposal: Proposal): Promise<LinkBody> {
  const { provider, consumer, service = 'api', ports = [80], expiresInMs = 3_600_000, consents } = proposal;
  const { status, body } = await api.send('POST', '/v1/links', {
    provider: { tenantId: provider.id, service, ports },
    consumer: { tenantId: consumer.id, serviceAccount: 'reports' },
    reason: 'Test.',
    consents: consents ?? ['provider', 'consumer'],
    expiresAt: new Date(Date.now() + expiresInMs).toISOString(),
  });
  if (status !== 201) throw new Error(`POST /v1/links answered ${status}: ${JSON.stringify(body)}`);
  return body as unknown as LinkBody;
}

/** Waits until the link meets a condition, and returns it. */
export function linkOnce(api: ApiClient, id: string, isRight: (link: LinkBody) => boolean): Promise<LinkBody> {
  return eventually(`the link ${id} meets the condition`, async () => {
    const link = await api.get<LinkBody>(`/v1/links/${id}`);
    if (!isRight(link)) throw new Error(`it is ${JSON.stringify(link)}`);
    return link;
  });
}

/** Creates a Service that selects `app=api`; `spec` overrides its fields. */
export async function makeService(
  cluster: Cluster,
  { slug }: TenantBody,
  spec: Partial<V1ServiceSpec> = {},
  name = 'api',
): Promise<void> {
  await cluster.core.createNamespacedService({
    namespace: `tn-${slug}`,
    body: { metadata: { name }, spec: { selector: { app: 'api' }, ports: [{ port: 80, targetPort: 8080 }], ...spec } },
  });
}
