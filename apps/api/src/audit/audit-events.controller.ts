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

/** Reads the audit log. No endpoint changes it. */
@ApiTags('audit')
@Controller('v1/audit-events')
export class AuditEventsController {
  constructor(private readonly audit: AuditTrail) {}

  @Get()
  @Endpoint({
    id: 'listAuditEvents',
    summary: 'List audit events',
    description:
      'Changes made through the API or by commands, recorded in the same transaction. Refused requests and reads ' +
      'appear only in the request log.',
    permission: 'audit:read',
    ok: { status: 200, schema: pageSchema(auditEventResponse), description: 'Audit events, newest first.' },
    fails: ['request.invalid', 'request.cursor_invalid'],
  })
  async list(
    @Query({ schema: listAuditEventsQuery }) query: z.output<typeof listAuditEventsQuery>,
  ): Promise<PageOf<AuditEventResponse>> {
    return pageResponse(await this.audit.list(query, pageRequest(query, isAuditId)), toAuditEventResponse);
  }

  @Get('head')
  @Endpoint({
    id: 'getAuditHead',
    summary: 'Get the signed head of the audit log',
    description:
      'Store it outside of Bulkhead. With it, `bulkhead verify-audit-log` detects every later change to or ' +
      'truncation of the entries before it, even by an attacker who can write the whole database. The public keys ' +
      'are at `/.well-known/bulkhead-deletion-keys.json`.',
    permission: 'audit:read',
    ok: { status: 200, schema: auditHead, description: 'The most recently signed head of the chain.' },
    fails: ['audit.head_unavailable'],
  })
  head(): Promise<AuditHead> {
    return this.audit.head();
  }
}
