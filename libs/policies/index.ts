export { celParameters, parametersVariable } from './library.js';
export { PoliciesModule } from './policies.module.js';
export { PoliciesService, type PolicyAtVersion } from './policies.service.js';
export { Policy, policyStates, PolicyVersion } from './policy.entity.js';
export { PolicyViolation } from './policy-violation.entity.js';
export { PolicyViolations } from './policy-violations.service.js';
export { celRuleOf, type JudgeLocation, PolicyJudge, type PolicyReview } from './policy-judge.js';
export { PolicyTests } from './policy-tests.js';
export { policyIdSchema, type PolicySpec, policySpecSchema } from './policy-spec.js';
