export { PoliciesModule } from './policies.module.js';
export { PoliciesService, type PolicyAtVersion } from './policies.service.js';
export { policyIdSchema, policySpecSchema } from './rule/policy-spec.js';
export { type ConvertedPolicy, PolicyImports } from './policy-imports.js';
export { PolicyTests } from './policy-tests.js';
export { PolicyViolation } from './policy-violation.entity.js';
export { PolicyViolations } from './policy-violations.service.js';
export { Policy, policyStates } from './policy.entity.js';
