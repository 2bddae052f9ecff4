export { auditHead, type AuditHead, type AuditHeadStatement } from './audit-head.js';
export {
  type Basis,
  type Evidence,
  type IsolationCheckResult,
  isolationReport,
  type IsolationReport,
} from './isolation-report.js';
export { type PublicJwk, SigningKey } from './signing-key.js';
export { deletionCertificate, type DeletionCertificate, type DeletionStatement } from './statement.js';
export {
  looksLikeIsolationReport,
  VerificationError,
  verifyAuditHead,
  verifyCertificate,
  verifyIsolationReport,
} from './verify.js';
