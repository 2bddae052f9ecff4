import { Module } from '@nestjs/common';

import { AuditTrail } from './audit-trail.js';

/** The audit log as it is written and read. Sealing it is the worker's work. */
@Module({ providers: [AuditTrail], exports: [AuditTrail] })
export class AuditModule {}
