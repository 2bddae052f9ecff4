import { type Host, type HostAndOperation } from '#routing';
import { z } from 'zod';

import { Answer } from '../http/answer.js';

const label = '[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?';

/**
 * A host name with at least two labels (RFC 1123): a single label, such as `com`, would cover the hosts of other
 * tenants.
 */
export const hostName = z
  .string()
  .max(253)
  .regex(
    new RegExp(`^${label}(\\.${label})+$`),
    'Must be a lower-case host name with at least one dot and no wildcard, such as "shop.acme.example".',
  );

export const addHostRequest = z
  .strictObject({ host: hostName.describe('Assigned to the tenant together with all its subdomains.') })
  .meta({ examples: [{ host: 'shop.acme.example' }] });

export const hostResponse = z
  .strictObject({
    host: z.string(),
    createdBy: z.string().describe('Who added the host.'),
    createdAt: z.iso.datetime(),
  })
  .meta({ id: 'Host' });
export type HostResponse = z.output<typeof hostResponse>;

export const hostsResponse = z.strictObject({ items: z.array(hostResponse) }).meta({ id: 'HostList' });
export type HostsResponse = z.output<typeof hostsResponse>;

/** Maps a host to its response. */
export function toHostResponse({ host, createdBy, createdAt }: Host): HostResponse {
  return { host, createdBy, createdAt: createdAt.toISOString() };
}

/** Answers a change with the host and the location of its operation. */
export function acceptedHost({ host, operation }: HostAndOperation): Answer<HostResponse> {
  return new Answer(toHostResponse(host), { location: `/v1/operations/${operation.id}`, 'retry-after': '1' });
}
