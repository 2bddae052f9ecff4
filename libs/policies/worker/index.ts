export { policiesFor } from './policies-for.js';
export { PoliciesWorkerModule } from './policies-worker.module.js';
export { PolicyEnforcer } from './policy-enforcer.js';
