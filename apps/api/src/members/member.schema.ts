import {
  type Invitation,
  type MemberAndOperation,
  type IdentifiedMember,
  memberRoles,
  type MembersService,
} from '#tenancy';
import { z } from 'zod';

import { Answer, etagOf } from '../http/answer.js';
import { EXAMPLE_IDS, idSchema } from '../http/resource-id.js';
import { pageQuery } from '../http/paging.js';
import { member } from '../tenants/member.schema.js';

const role = z.enum(memberRoles);

export const addMemberRequest = member;

export const updateMemberRequest = z.strictObject({ role }).meta({ examples: [{ role: 'tenant-developer' }] });

export const memberResponse = z
  .strictObject({
    id: idSchema('member').describe('Follows from the kind and the name: always the same in one tenant.'),
    kind: z.enum(['User', 'Group', 'ServiceAccount']),
    name: z.string(),
    role,
  })
  .meta({
    id: 'TenantMember',
    examples: [{ id: EXAMPLE_IDS.member, kind: 'User', name: 'alice@acme.example', role: 'tenant-admin' }],
  });
export type MemberResponse = z.output<typeof memberResponse>;

export const membersResponse = z
  .strictObject({
    items: z.array(memberResponse),
    nextCursor: z.null().describe('Always null: the list is not paginated.'),
  })
  .meta({ id: 'TenantMemberList' });
export type MembersResponse = z.output<typeof membersResponse>;

export const createInvitationRequest = z
  .strictObject({
    email: z
      .email('Must be an e-mail address, such as "alice@acme.example".')
      .max(254)
      .describe('Compared without regard to upper and lower case.'),
    role: role.describe('Of the person from the first login on.'),
  })
  .meta({ examples: [{ email: 'alice@acme.example', role: 'tenant-developer' }] });

export const listInvitationsQuery = z.strictObject(pageQuery);

export const invitationResponse = z
  .strictObject({
    id: idSchema('invitation'),
    email: z.string(),
    role,
    createdBy: z.string().describe('The principal that sent it.'),
    createdAt: z.iso.datetime(),
    expiresAt: z.iso.datetime(),
  })
  .meta({ id: 'Invitation' });
export type InvitationResponse = z.output<typeof invitationResponse>;

/** Maps the members of a tenant to a response with the ETag of the tenant, of which they are a part. */
export function readMembers({ tenant, members }: Awaited<ReturnType<MembersService['list']>>): Answer<MembersResponse> {
  const items = members.map(toMemberResponse);
  const body = { items, nextCursor: null };
  return new Answer(body, { etag: etagOf(tenant.id, tenant.generation, body) });
}

/** The same for one member. */
export function readMember({
  tenant,
  member: one,
}: Awaited<ReturnType<MembersService['get']>>): Answer<MemberResponse> {
  const body = toMemberResponse(one);
  return new Answer(body, { etag: etagOf(tenant.id, tenant.generation, body) });
}

/** Answers a change with the member and the location of its operation. */
export function acceptedMember({ tenant, member: one, operation }: MemberAndOperation): Answer<MemberResponse> {
  const { etag = '' } = readMember({ tenant, member: one }).headers;
  return new Answer(toMemberResponse(one), { etag, location: `/v1/operations/${operation.id}`, 'retry-after': '1' });
}

/** Maps an invitation to its response. */
export function toInvitationResponse(invitation: Invitation): InvitationResponse {
  const { id, email, role: given, createdBy, createdAt, expiresAt } = invitation;
  return { id, email, role: given, createdBy, createdAt: createdAt.toISOString(), expiresAt: expiresAt.toISOString() };
}

function toMemberResponse({ id, kind, name, role: given }: IdentifiedMember): MemberResponse {
  return { id, kind, name, role: given };
}
