import { allows, type Principal } from '#access';
import { deletionCertificate, type DeletionCertificate } from '#certificates';
import { type Transaction } from '#persistence';
import { DeletionCertificatesService, TenantDeletions } from '#tenancy';
import { Controller, Delete, Get, Param, Post, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { type z } from 'zod';

import { CurrentCaller } from '../access/current-caller.decorator.js';
import { lacking } from '../access/lacking.js';
import { type Answer } from '../http/answer.js';
import { CurrentTransaction } from '../http/change.interceptor.js';
import { Endpoint } from '../http/endpoint.decorator.js';
import { IfMatch } from '../http/if-match.js';
import { acceptedChange, type TenantResponse } from '../tenants/tenant.schema.js';
import { deleteTenantQuery, toDeletionTerms } from '../tenants/tenant-queries.js';
import { accepted } from '../tenants/tenants.controller.js';

/** Schedules, cancels and certifies the deletion of tenants. */
@ApiTags('tenants')
@Controller('v1/tenants')
export class DeletionsController {
  constructor(
    private readonly deletions: TenantDeletions,
    private readonly certificates: DeletionCertificatesService,
  ) {}

  @Delete(':id')
  @Endpoint({
    id: 'deleteTenant',
    summary: 'Delete a tenant',
    description:
      'Deletes everything the tenant has in the cluster at `deletesAt`. Until then its data is kept, and `undelete` ' +
      'cancels the deletion. Without parameters, the tenant is suspended at once and deleted when the retention of its ' +
      'plan is over. With `at` or `after` it runs on until then, for example to the end of the time that was paid for, ' +
      'and can be changed. Repeated requests return the same operation.',
    permission: 'tenants:delete',
    reach: 'tenant',
    queryPermissions: { retention: 'tenants:purge' },
    ok: accepted,
    fails: ['request.invalid', 'precondition.failed', 'tenant.not_found', 'tenant.frozen', 'tenant.plan_limit'],
    conditional: true,
  })
  async delete(
    @CurrentTransaction() transaction: Transaction,
    @CurrentCaller() caller: Principal,
    @Param('id') id: string,
    @IfMatch() revisions: readonly number[] | null,
    @Query({ schema: deleteTenantQuery }) query: z.output<typeof deleteTenantQuery>,
  ): Promise<Answer<TenantResponse>> {
    const lacksPurge = allows(caller, 'tenants:purge') ? null : lacking(caller, [['tenants:purge']]);
    const terms = toDeletionTerms(query, lacksPurge);
    return acceptedChange(await this.deletions.delete(transaction, caller.id, { id, revisions }, terms));
  }

  @Post(':id/undelete')
  @Endpoint({
    id: 'undeleteTenant',
    summary: 'Cancel a scheduled deletion',
    description: 'Possible until the deletion begins.',
    permission: 'tenants:delete',
    reach: 'tenant',
    ok: accepted,
    fails: [
      ...(['precondition.failed', 'tenant.not_found', 'tenant.frozen', 'tenant.deleting'] as const),
      'tenant.deletion_not_scheduled',
    ],
    idempotent: true,
    conditional: true,
  })
  async undelete(
    @CurrentTransaction() transaction: Transaction,
    @CurrentCaller() caller: Principal,
    @Param('id') id: string,
    @IfMatch() revisions: readonly number[] | null,
  ): Promise<Answer<TenantResponse>> {
    return acceptedChange(await this.deletions.undelete(transaction, caller.id, { id, revisions }));
  }

  @Get(':id/deletion-certificate')
  @Endpoint({
    id: 'getDeletionCertificate',
    summary: 'Get the deletion certificate of a tenant',
    description:
      'The signed proof that the tenant was deleted. `jws` covers all of `statement`. Verify it with `bulkhead ' +
      'verify-certificate`, or with any JWS library and the keys at `/.well-known/bulkhead-deletion-keys.json`.',
    permission: 'tenants:read',
    reach: 'tenant',
    ok: { status: 200, schema: deletionCertificate, description: 'The certificate.' },
    fails: ['tenant.not_found', 'certificate.unavailable'],
  })
  getCertificate(@Param('id') id: string): Promise<DeletionCertificate> {
    return this.certificates.get(id);
  }
}
