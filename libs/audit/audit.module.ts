import { Module } from '@nestjs/common';

import { AuditTrail } from './audit-trail.js';

/** Writes and reads the audit log. Workers seal it. */
@Module({ providers: [AuditTrail], exports: [AuditTrail] })
export class AuditModule {}
