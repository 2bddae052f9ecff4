export { builtInPlans } from './built-in-plans.js';
export {
  type Cidr,
  cidrAt,
  compareCidrs,
  containsCidr,
  hostCidr,
  parseCidr,
  prefixOf,
  strictlyContainsCidr,
} from './cidr.js';
export { durationMs } from './duration.js';
export { exactlyOne } from './exactly-one.js';
export { forbiddenCidrs } from './forbidden-cidrs.js';
export { alsoByNat64, byNat64 } from './nat64.js';
export {
  dnsLabel,
  dnsSubdomainSchema,
  environmentNameSchema,
  namespaceName,
  planIdSchema,
  planVersionSchema,
  slugSchema,
} from './names.js';
export { reservedAudiences } from './plan-allowances.js';
export { driftPolicies, type DriftPolicy } from './plan-drift.js';
export { type PlanRouting } from './plan-routing.js';
export { planSpecSchema, type PlanSpec, type PlanSpecInput } from './plan-spec.js';
export { coversHost, hostFault, hostNamePattern, publicHostSchema } from './public-host.js';
export { canonicalQuantity, compareQuantities, divideQuantity, parseQuantity, type QuantityStep } from './quantity.js';
export { exactName, readableLines, readableText, word } from './readable-text.js';
export { type RouteRule, routeRuleSchema, type TenantRoute } from './route-rules.js';
export { readPlanSpec } from './stored-spec.js';
export { cidrSchema, rejectDuplicates } from './value-schemas.js';
export { missingMeshCapabilities } from './mesh-capabilities.js';
