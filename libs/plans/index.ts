export { builtInPlans, type BuiltInPlan } from './built-in-plans.js';
export {
  cidrsOverlap,
  compareCidrs,
  containsCidr,
  hostCidr,
  InvalidCidrError,
  parseCidr,
  strictlyContainsCidr,
  type AddressFamily,
  type Cidr,
} from './cidr.js';
export { forbiddenCidrs, type ForbiddenCidr } from './forbidden-cidrs.js';
export { dnsLabel, environmentNameSchema, MAIN_ENVIRONMENT, namespaceName, planIdSchema, slugSchema } from './names.js';
export { planSpecSchema, type PlanSpec, type PlanSpecInput } from './plan-spec.js';
export {
  canonicalQuantity,
  compareQuantities,
  divideQuantity,
  InvalidQuantityError,
  parseQuantity,
  type QuantityStep,
} from './quantity.js';
export { cidrSchema } from './value-schemas.js';
export { workloadVariables, type WorkloadVariable } from './workload-templates.js';
