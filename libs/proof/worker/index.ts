export { examineTenant } from './examine-tenant.js';
export { TrialRun } from './trial-run.js';
export { ProofWorkerModule } from './proof-worker.module.js';
export { Prover } from './prover.js';
export { tryWrites } from './try-writes.js';
