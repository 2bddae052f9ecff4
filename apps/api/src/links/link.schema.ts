import {
  linkEnds,
  linkProblemCodes,
  type LinkSide,
  linkSides,
  linkStates,
  type LinkStatus,
  type NewLink,
} from '#links';
import { dnsLabel, dnsSubdomainSchema, environmentNameSchema, readableLines, word } from '#plans';
import { remedyFor } from '#tenancy';
import { z } from 'zod';

import { acceptedAnswer, Answer } from '../http/answer.js';
import { pageQuery } from '../http/paging.js';

/** Each port becomes a separate rule on both sides. */
const MOST_PORTS = 16;

const tenantId = word(100);
const environment = environmentNameSchema.default('main').describe('Environment of the tenant.');

const ports = z
  .array(z.int().min(1).max(65_535))
  .min(1)
  .max(MOST_PORTS)
  .refine((all) => new Set(all).size === all.length, 'The ports must be unique.')
  .describe('TCP ports of the Service. Only the target ports behind them are opened on its pods.');

export const proposeLinkRequest = z
  .strictObject({
    provider: z
      .strictObject({ tenantId, environment, service: dnsLabel().describe('Name of a Service of the tenant.'), ports })
      .describe('The side that offers the service.'),
    consumer: z
      .strictObject({
        tenantId,
        environment,
        serviceAccount: dnsSubdomainSchema.describe(
          'Service account of the calling pods. A service mesh enforces it; network policies only distinguish ' +
            'namespaces.',
        ),
      })
      .describe('The side that calls the service.'),
    reason: readableLines(500).min(1).describe('Explanation for humans.'),
    expiresAt: z.iso
      .datetime({ offset: true })
      .describe('When the link expires; limited by the plans of both tenants (`links.maxDays`).'),
    consents: z
      .array(z.enum(linkSides))
      .max(2)
      .default([])
      .describe('Sides for which the caller consents with this proposal.'),
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
  .strictObject({ side: z.enum(linkSides).describe('Side for which the caller consents.') })
  .meta({ examples: [{ side: 'provider' }] });

export const listLinksQuery = z.strictObject({
  ...pageQuery,
  tenantId: word(200).optional().describe('Only links with this tenant on either side.'),
  state: z.enum(linkStates).optional(),
});

const consent = z.strictObject({ by: z.string(), at: z.iso.datetime() }).nullable();
const side = z
  .strictObject({
    tenantId: z.string(),
    environment: z.string(),
    consent: consent.describe('The consent for this side; null until given.'),
    cutOff: z
      .boolean()
      .describe('Whether the tenant is suspended or quarantined, which closes the link on both sides.'),
    inForce: z.boolean().describe('Whether the objects of the link for this side are in the cluster.'),
    operationId: z.string().nullable().describe('The latest operation that opened or closed the link on this side.'),
  })
  .meta({ id: 'LinkSide' });

export const linkResponse = z
  .strictObject({
    id: z.string(),
    state: z
      .enum(linkStates)
      .describe(
        '`proposed`: a consent is missing. `approved`: both sides consented, but the link is not in force on both yet, ' +
          'or a side is cut off. `active`: traffic passes. `failed`: approved, but `problem` prevents it; a ' +
          'worker keeps retrying.',
      ),
    provider: z.intersection(side, z.strictObject({ service: z.string(), ports: z.array(z.int()) })),
    consumer: z.intersection(side, z.strictObject({ serviceAccount: z.string() })),
    reason: z.string(),
    expiresAt: z.iso.datetime(),
    createdBy: z.string(),
    createdAt: z.iso.datetime(),
    resolved: z
      .strictObject({
        podLabels: z.record(z.string(), z.string()).describe('Pod labels that the Service selects.'),
        ports: z.array(
          z.strictObject({ port: z.int(), targetPort: z.int().describe('Port on which the pods listen.') }),
        ),
      })
      .nullable()
      .describe('What the Service resolves to; null until a worker has resolved it.'),
    problem: z
      .strictObject({
        code: z.enum(linkProblemCodes),
        message: z.string(),
        object: z.string().describe('`apiVersion/Kind/namespace/name`'),
        remedy: z.string().describe('How to fix it.'),
      })
      .nullable(),
    ended: z
      .strictObject({ at: z.iso.datetime(), by: z.string(), reason: z.enum(linkEnds) })
      .nullable()
      .describe('When, by whom and why the link ended; `by` is `bulkhead` if Bulkhead ended it.'),
  })
  .meta({ id: 'Link' });
export type LinkResponse = z.output<typeof linkResponse>;

/** Maps a proposal to the domain. */
export function toNewLink({ provider, consumer, reason, expiresAt }: z.output<typeof proposeLinkRequest>): NewLink {
  return { provider, consumer, reason, expiresAt: new Date(expiresAt) };
}

/** Maps a link to its response. */
export function toLinkResponse({ link, state, cutOff }: LinkStatus): LinkResponse {
  const { id, reason, createdBy, resolution, problem } = link;
  const common = (of: LinkSide): Pick<z.output<typeof side>, 'consent' | 'cutOff' | 'inForce'> => ({
    consent: toConsent(link[`${of}ConsentBy`], link[`${of}ConsentAt`]),
    cutOff: cutOff[of],
    inForce: link[`${of}InForceAt`] !== null && !cutOff.provider && !cutOff.consumer,
  });
  return {
    id,
    state,
    provider: {
      tenantId: link.providerTenantId,
      environment: link.providerEnvironment,
      ...common('provider'),
      service: link.service,
      ports: link.ports,
      operationId: link.providerOperationId,
    },
    consumer: {
      tenantId: link.consumerTenantId,
      environment: link.consumerEnvironment,
      ...common('consumer'),
      serviceAccount: link.serviceAccount,
      operationId: link.consumerOperationId,
    },
    reason,
    createdBy,
    expiresAt: link.expiresAt.toISOString(),
    createdAt: link.createdAt.toISOString(),
    resolved: resolution,
    problem: problem === null ? null : { ...problem, remedy: remedyFor(problem.code, null) },
    ended: toEnded(link),
  };
}

/** Answers a revocation with the location of the provider's operation, if there is one. */
export function revokedLink(status: LinkStatus): Answer<LinkResponse> {
  const { providerOperationId: operation } = status.link;
  const body = toLinkResponse(status);
  return operation === null ? new Answer(body) : acceptedAnswer(body, { id: operation });
}

function toConsent(by: string | null, at: Date | null): z.output<typeof consent> {
  return by === null || at === null ? null : { by, at: at.toISOString() };
}

function toEnded({ endedAt, endedBy, endReason }: LinkStatus['link']): LinkResponse['ended'] {
  if (endedAt === null || endedBy === null || endReason === null) return null;
  return { at: endedAt.toISOString(), by: endedBy, reason: endReason };
}
