import { AuditTrail } from '#audit';
import { auditHead, type AuditHead } from '#certificates';
import { uuidOf } from '#persistence';
import { Controller, Get, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { type z } from 'zod';

import { Endpoint } from '../http/endpoint.decorator.js';
import { type PageOf, pageRequest, pageResponse, pageSchema } from '../http/paging.js';
import {
  auditEventResponse,
  type AuditEventResponse,
  listAuditEventsQuery,
  toAuditEventResponse,
} from './audit-event.schema.js';

const isAuditId = (text: string): boolean => uuidOf('audit', text) !== null;

/** Who changed what. There is no way to change what is said here. */
@ApiTags('audit')
@Controller('v1/audit-events')
export class AuditEventsController {
  constructor(private readonly audit: AuditTrail) {}

  @Get()
  @Endpoint({
    summary: 'List what was changed through the API or by commands, and by whom',
    description: 'Written with the change itself. What was refused or only read is in the log of requests.',
    permission: 'audit:read',
    ok: { status: 200, schema: pageSchema(auditEventResponse), description: 'Entries, newest first.' },
    fails: ['request.invalid', 'request.cursor_invalid'],
  })
  async list(
    @Query({ schema: listAuditEventsQuery }) query: z.output<typeof listAuditEventsQuery>,
  ): Promise<PageOf<AuditEventResponse>> {
    return pageResponse(await this.audit.list(query, pageRequest(query, isAuditId)), toAuditEventResponse);
  }

  @Get('head')
  @Endpoint({
    summary: 'Read the signed end of the audit log, to keep it elsewhere',
    description:
      'With it, `bulkhead verify-audit-log` later notices what was changed or cut off before it, even by somebody who ' +
      'can write the whole database. The keys are at `/.well-known/bulkhead-deletion-keys.json`.',
    permission: 'audit:read',
    ok: { status: 200, schema: auditHead, description: 'The end of the chain as it was signed last.' },
    fails: ['audit.head_unavailable'],
  })
  head(): Promise<AuditHead> {
    return this.audit.head();
  }
}
