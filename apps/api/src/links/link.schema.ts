import {
  linkEnds,
  linkProblemCodes,
  type LinkSide,
  linkSides,
  linkStates,
  type LinkStatus,
  type NewLink,
} from '#links';
import { dnsLabel, dnsSubdomainSchema, environmentNameSchema } from '#plans';
import { remedyFor } from '#tenancy';
import { z } from 'zod';

import { Answer } from '../http/answer.js';
import { pageQuery } from '../http/paging.js';

/** Each of them is a rule of its own on both sides. */
const MOST_PORTS = 16;

const tenantId = z.string().max(100);
const environment = environmentNameSchema.default('main').describe('Of the tenant.');

const ports = z
  .array(z.int().min(1).max(65_535))
  .min(1)
  .max(MOST_PORTS)
  .refine((all) => new Set(all).size === all.length, 'A port is listed twice.')
  .describe('TCP ports of the Service; of its pods, only those that they lead to are opened.');

export const proposeLinkRequest = z
  .strictObject({
    provider: z
      .strictObject({
        ...{ tenantId, environment },
        service: dnsLabel().describe('A Service of the tenant, by name.'),
        ports,
      })
      .describe('Who offers the service.'),
    consumer: z
      .strictObject({
        ...{ tenantId, environment },
        serviceAccount: dnsSubdomainSchema.describe(
          'As whom the callers run. A service mesh holds them to it; network policies know namespaces only.',
        ),
      })
      .describe('Who calls it.'),
    reason: z.string().trim().min(1).max(500).describe('For people.'),
    expiresAt: z.iso
      .datetime({ offset: true })
      .describe('When it ends. Not later than the plans of both tenants allow (`links.maxDays`).'),
    consents: z
      .array(z.enum(linkSides))
      .max(2)
      .default([])
      .describe('Sides for which the caller consents with the proposal.'),
  })
  .meta({
    examples: [
      {
        provider: { tenantId: 'tenant_01kab4x2fqe3n8v6zj5t0w9rsx', service: 'ledger', ports: [8443] },
        consumer: { tenantId: 'tenant_01kab4x2fqe3n8v6zj5t0w9rsy', serviceAccount: 'reports' },
        reason: 'Month-end reports of Acme read the ledger of Globex (contract 2026-117).',
        expiresAt: '2026-12-24T18:00:00Z',
        consents: ['consumer'],
      },
    ],
  });

export const consentRequest = z
  .strictObject({ side: z.enum(linkSides).describe('For which side the caller consents.') })
  .meta({ examples: [{ side: 'provider' }] });

export const listLinksQuery = z.strictObject({
  ...pageQuery,
  tenantId: z.string().optional().describe('Only those with this tenant on either side.'),
  state: z.enum(linkStates).optional(),
});

const consent = z.strictObject({ by: z.string(), at: z.iso.datetime() }).nullable();
const side = {
  tenantId: z.string(),
  environment: z.string(),
  consent: consent.describe('Who consented for this side; null: nobody yet.'),
  cutOff: z
    .boolean()
    .describe('Whether the tenant is suspended or quarantined: the link is closed on both sides then.'),
  inForce: z.boolean().describe('Whether what the link takes on this side stands in the cluster.'),
  operationId: z.string().nullable().describe('The last operation that opened or closed the link on this side.'),
};

export const linkResponse = z.strictObject({
  id: z.string(),
  state: z
    .enum(linkStates)
    .describe(
      '`proposed`: a consent is missing. `approved`: both sides agree, and it does not stand on both yet, or a side is ' +
        'cut off. `active`: traffic passes. `failed`: agreed, and `problem` says why it cannot stand; a worker tries again.',
    ),
  provider: z.strictObject({ ...side, service: z.string(), ports: z.array(z.int()) }),
  consumer: z.strictObject({ ...side, serviceAccount: z.string() }),
  reason: z.string(),
  expiresAt: z.iso.datetime(),
  createdBy: z.string(),
  createdAt: z.iso.datetime(),
  resolved: z
    .strictObject({
      podLabels: z.record(z.string(), z.string()).describe('What the Service selects.'),
      ports: z.array(z.strictObject({ port: z.int(), targetPort: z.int().describe('At which the pods listen.') })),
    })
    .nullable()
    .describe('What a worker found behind the service; null: nothing yet.'),
  problem: z
    .strictObject({
      code: z.enum(linkProblemCodes),
      message: z.string(),
      object: z.string().describe('`apiVersion/Kind/namespace/name`'),
      remedy: z.string().describe('What to do.'),
    })
    .nullable(),
  ended: z
    .strictObject({ at: z.iso.datetime(), by: z.string(), reason: z.enum(linkEnds) })
    .nullable()
    .describe('Who ended it; `bulkhead`: it ended by itself.'),
});
export type LinkResponse = z.output<typeof linkResponse>;

/** A proposal as the domain takes it. */
export function toNewLink({ provider, consumer, reason, expiresAt }: z.output<typeof proposeLinkRequest>): NewLink {
  return { provider, consumer, reason, expiresAt: new Date(expiresAt) };
}

/** How a link is answered. */
export function toLinkResponse({ link, state, cutOff }: LinkStatus): LinkResponse {
  const { id, reason, createdBy, resolution, problem } = link;
  const common = (of: LinkSide): z.output<z.ZodObject<Pick<typeof side, 'consent' | 'cutOff' | 'inForce'>>> => ({
    consent: toConsent(link[`${of}ConsentBy`], link[`${of}ConsentAt`]),
    ...{ cutOff: cutOff[of], inForce: link[`${of}InForceAt`] !== null && !cutOff.provider && !cutOff.consumer },
  });
  return {
    ...{ id, state },
    provider: {
      ...{ tenantId: link.providerTenantId, environment: link.providerEnvironment, ...common('provider') },
      ...{ service: link.service, ports: link.ports, operationId: link.providerOperationId },
    },
    consumer: {
      ...{ tenantId: link.consumerTenantId, environment: link.consumerEnvironment, ...common('consumer') },
      ...{ serviceAccount: link.serviceAccount, operationId: link.consumerOperationId },
    },
    ...{ reason, createdBy, expiresAt: link.expiresAt.toISOString(), createdAt: link.createdAt.toISOString() },
    resolved: resolution,
    problem: problem === null ? null : { ...problem, remedy: remedyFor(problem.code, null) },
    ended: toEnded(link),
  };
}

/** The answer to a revocation: where the provider's side of it can be followed, if it takes anything. */
export function revokedLink(status: LinkStatus): Answer<LinkResponse> {
  const { providerOperationId: operation } = status.link;
  const body = toLinkResponse(status);
  return operation === null ? new Answer(body) : new Answer(body, { location: `/v1/operations/${operation}` });
}

function toConsent(by: string | null, at: Date | null): z.output<typeof consent> {
  return by === null || at === null ? null : { by, at: at.toISOString() };
}

function toEnded({ endedAt, endedBy, endReason }: LinkStatus['link']): LinkResponse['ended'] {
  if (endedAt === null || endedBy === null || endReason === null) return null;
  return { at: endedAt.toISOString(), by: endedBy, reason: endReason };
}
