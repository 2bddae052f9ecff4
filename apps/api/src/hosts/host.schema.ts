import { type Host, type HostAndOperation } from '#routing';
import { z } from 'zod';

import { Answer } from '../http/answer.js';

const label = '[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?';

/** A name of two labels at least (RFC 1123): a single one, such as `com`, would be above everybody's. */
export const hostName = z
  .string()
  .max(253)
  .regex(
    new RegExp(`^${label}(\\.${label})+$`),
    'A host name in lower case with at least one dot, without a wildcard, such as "shop.acme.example".',
  );

export const addHostRequest = z
  .strictObject({ host: hostName.describe('The tenant’s from then on, with all names below it.') })
  .meta({ examples: [{ host: 'shop.acme.example' }] });

export const hostResponse = z.strictObject({
  host: z.string(),
  createdBy: z.string().describe('Who gave it to the tenant.'),
  createdAt: z.iso.datetime(),
});
export type HostResponse = z.output<typeof hostResponse>;

export const hostsResponse = z.strictObject({ items: z.array(hostResponse) });
export type HostsResponse = z.output<typeof hostsResponse>;

/** How a host is answered. */
export function toHostResponse({ host, createdBy, createdAt }: Host): HostResponse {
  return { host, createdBy, createdAt: createdAt.toISOString() };
}

/** The answer to a change: the host, and where the change can be followed. */
export function acceptedHost({ host, operation }: HostAndOperation): Answer<HostResponse> {
  return new Answer(toHostResponse(host), { location: `/v1/operations/${operation.id}`, 'retry-after': '1' });
}
