import { type ConnectionChange, type NetworkRule, type RuleInForceChange } from '#isolation';
import { type PlanSpec } from '#plans';

/** The change of one field. */
export interface FieldChange {
  /** JSON Pointer (RFC 6901) into the object. */
  path: string;
  /** Current value; null if absent. */
  before: unknown;
  /** Value after the change; null if absent. */
  after: unknown;
}

/** The change of one object. */
export interface ObjectChange {
  /** `apiVersion/Kind/[namespace/]name` */
  object: string;
  action: 'create' | 'update' | 'delete';
  fields: FieldChange[];
  /** Whether `fields` is the result of a dry run of the API server. */
  tried: boolean;
  /** Why there was no dry run; otherwise null. */
  note: string | null;
  /** Error with which the API server would refuse the object; otherwise null. */
  refused: string | null;
}

/** A resource whose usage exceeds the new quota. */
export interface QuotaExcess {
  environment: string;
  resource: string;
  used: string;
  newHard: string;
  detail: string;
}

/** Whether the current usage fits into the new quotas. */
export interface QuotaFit {
  fits: boolean;
  excess: QuotaExcess[];
  /** Environments whose usage the cluster has not counted yet. */
  unknown: string[];
}

/** A reason why the change would be refused or fail. */
export interface PreviewProblem {
  code: string;
  detail: string;
}

/** The effect of a change on one tenant. */
export interface TenantPreview {
  tenantId: string;
  slug: string;
  /** The tenant's generation on which the preview is based. */
  generation: number;
  /** The plan that the tenant would pin. */
  plan: { id: string; version: number };
  changes: ObjectChange[];
  /** Whether `changes` was truncated; `totals` counts all. */
  truncated: boolean;
  totals: ChangeTotals;
  /** What is open by address after the change and was not before, and the reverse. */
  connections: ConnectionChange[];
  /** Network rules that the change puts in or out of force without changing them. */
  networkRules: RuleInForceChange[];
  quota: QuotaFit;
  problems: PreviewProblem[];
}

export interface ChangeTotals {
  create: number;
  update: number;
  delete: number;
}

/** The effect of a new plan version on the tenants of the plan. */
export interface PlanPreview {
  planId: string;
  /** Number of the new version. */
  version: number;
  items: TenantPreview[];
  /** Number of tenants of the plan, previewed or not. */
  tenants: number;
  /** Last tenant of this page, after which the next page begins; null on the last page. */
  next: string | null;
}

/** The body of `POST /v1/plans/{id}/preview` and its page. */
export interface PlanPreviewRequest {
  spec: PlanSpec;
  limit: number;
  after: string | null;
  /** Null for all tenants of the plan. */
  tenantIds: string[] | null;
}

/** A change of one network rule of a tenant. */
export interface NetworkRuleQuestion {
  /** Of the rule that changes; of a new one any id. */
  id: string;
  /** The rule as it would be; null: it would be deleted. */
  after: NetworkRule | null;
  /** Names the change. */
  token: string;
}

/** A tenant that runs an image, or has a workload that would. */
export interface TenantWithImages {
  id: string;
  /** Matching images, as named by the tenant or run by its nodes; at most 20. */
  images: string[];
  /** Number of pods with a matching image. */
  pods: number;
  /** `Kind namespace/name` of workloads with a matching image; at most 20. */
  workloads: string[];
}

/** The tenants that run images. */
export interface ImageFindings {
  /** ISO 8601; when the search began. Tenants that start an image later are not included. */
  asOf: string;
  tenants: TenantWithImages[];
}

/** The evaluation of existing objects against a policy. */
export interface PolicyFindings {
  /** ISO 8601; when the evaluation began. */
  asOf: string;
  /** Number of objects evaluated. */
  objects: number;
  /** `object` is `apiVersion/Kind/namespace/name`. */
  violations: { tenantId: string; object: string; message: string }[];
  /** Whether there are more violations than listed. */
  truncated: boolean;
  /** Resources that the policy matches but workers lack permission to read, as `plural.group`. */
  notLookedAt: string[];
}

/** The policy version, and the tenants whose objects to evaluate; null for all that the policy targets. */
export interface PolicyQuestion {
  version: number;
  tenants: string[] | null;
}
