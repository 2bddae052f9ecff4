export { IsolationCheck, isolationCheckStates } from './isolation-check.entity.js';
export { IsolationChecksService } from './isolation-checks.service.js';
export { ProofModule } from './proof.module.js';
