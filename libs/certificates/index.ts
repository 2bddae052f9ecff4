export { type Evidence, type IsolationCheckResult, isolationReport, type IsolationReport } from './isolation-report.js';
export { type PublicJwk, SigningKey } from './signing-key.js';
export { deletionCertificate, type DeletionCertificate, type DeletionStatement } from './statement.js';
export { looksLikeIsolationReport, NotVerified, verifyCertificate, verifyIsolationReport } from './verify.js';
