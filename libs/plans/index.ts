export { builtInPlans } from './built-in-plans.js';
export { compareCidrs, containsCidr, hostCidr, parseCidr, strictlyContainsCidr, type Cidr } from './cidr.js';
export { forbiddenCidrs } from './forbidden-cidrs.js';
export { environmentNameSchema, namespaceName, dnsLabel, planIdSchema, slugSchema } from './names.js';
export { driftPolicies, type DriftPolicy, driftPolicyOf } from './plan-drift.js';
export { planSpecSchema, type PlanSpec, type PlanSpecInput } from './plan-spec.js';
export { canonicalQuantity, compareQuantities, divideQuantity, parseQuantity, type QuantityStep } from './quantity.js';
export { cidrSchema } from './value-schemas.js';
