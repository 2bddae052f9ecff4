import { type Caller } from '#access';
import { AuditTrail } from '#audit';
import { Transactions } from '#persistence';
import { InvitationsService } from '#tenancy';
import { Injectable } from '@nestjs/common';
import { type FastifyRequest } from 'fastify';

import { auditSource } from '../http/audited-action.js';

/** Makes people members of the tenants that invited their address, with the first request that tells who they are. */
@Injectable()
export class AcceptedInvitations {
  constructor(
    private readonly invitations: InvitationsService,
    private readonly transactions: Transactions,
    private readonly audit: AuditTrail,
  ) {}

  /** Returns the caller with what its invitations gave. */
  async of(caller: Caller, request: FastifyRequest): Promise<Caller> {
    const { id, email, user, isInvited } = caller;
    if (email === null || user === null || !isInvited) return caller;
    await this.transactions.run(async (transaction) => {
      const joined = await this.invitations.accept(transaction, { id, email, user });
      for (const { tenant, operation } of joined) {
        await this.audit.record(transaction, {
          actor: { id, role: null },
          action: 'invitations.accept',
          source: auditSource(request),
          request: null,
          answer: { body: { tenantId: tenant.id, member: user }, location: `/v1/operations/${operation.id}` },
        });
      }
    });
    return (await caller.now()) ?? caller;
  }
}
