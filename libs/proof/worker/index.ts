export { examineTenant } from './examine-tenant.js';
export { Inquiry } from './inquiry.js';
export { ProofWorkerModule } from './proof-worker.module.js';
export { Prover } from './prover.js';
export { tryWrites } from './try-writes.js';
