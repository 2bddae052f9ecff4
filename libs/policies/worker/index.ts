export { policiesFor } from './policies-for.js';
export { PoliciesWorkerModule } from './policies-worker.module.js';
export { PolicyAuditor } from './policy-auditor.js';
export { PolicyEnforcer } from './policy-enforcer.js';
