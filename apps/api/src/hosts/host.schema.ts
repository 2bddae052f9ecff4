import { hostFault, hostNamePattern } from '#plans';
import { type Host, type HostAndOperation } from '#routing';
import { z } from 'zod';

import { acceptedAnswer, type Answer } from '../http/answer.js';

/** Names of Services, and names that are never a site's. Companies do use other private domains, such as `corp.local`. */
const LOCAL = /\.(svc|cluster\.local|arpa|invalid|localhost|onion)$/;

/** A host name with at least two labels: a single label, such as `com`, would cover the hosts of other tenants. */
export const hostName = z
  .string()
  .max(253)
  .regex(hostNamePattern, { error: ({ input }) => hostFault(String(input), '"shop.acme.example"'), abort: true })
  .refine((host) => !LOCAL.test(host), 'Must not be a name of the cluster or of one machine.');

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
  return acceptedAnswer(toHostResponse(host), operation);
}
