export { AuditModule } from './audit.module.js';
export { AuditSealer } from './audit-sealer.js';
export { type AuditEvent, AuditTrail } from './audit-trail.js';
export { ChainBrokenError } from './chain.js';
export { type AuditedChange, entrySchema } from './entry.js';
export { verifyLog } from './verify-log.js';
