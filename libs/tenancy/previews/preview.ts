import { type PlanSpec } from '#plans';

/** What would happen to one field. */
export interface FieldChange {
  /** JSON Pointer (RFC 6901) into the object. */
  path: string;
  /** Null: nothing is there now. */
  before: unknown;
  /** Null: nothing would be there. */
  after: unknown;
}

/** What would happen to one object. */
export interface ObjectChange {
  /** `apiVersion/Kind/[namespace/]name` */
  object: string;
  action: 'create' | 'update' | 'delete';
  fields: FieldChange[];
  /** Whether `fields` come from the API server, which tried the change without storing it. */
  tried: boolean;
  /** Why it was not tried; null when it was. */
  note: string | null;
  /** What the API server said when it would not take the object; null when it would. */
  refused: string | null;
}

/** One resource of which a tenant uses more than it would be allowed. */
export interface QuotaExcess {
  environment: string;
  resource: string;
  used: string;
  newHard: string;
  detail: string;
}

/** Whether what is used today fits into the new quotas. */
export interface QuotaFit {
  fits: boolean;
  excess: QuotaExcess[];
  /** Environments whose use the cluster has not counted. */
  unknown: string[];
}

/** Why the change would not be accepted, or not be carried out. */
export interface PreviewProblem {
  code: string;
  detail: string;
}

/** What a change would do to one tenant. */
export interface TenantPreview {
  tenantId: string;
  slug: string;
  /** The generation that the preview starts from. */
  generation: number;
  /** The plan that the tenant would have. */
  plan: { id: string; version: number };
  changes: ObjectChange[];
  /** Whether `changes` was cut; `totals` count all. */
  truncated: boolean;
  totals: ChangeTotals;
  quota: QuotaFit;
  problems: PreviewProblem[];
}

export interface ChangeTotals {
  create: number;
  update: number;
  delete: number;
}

/** What a new version of a plan would do to tenants that have the plan. */
export interface PlanPreview {
  planId: string;
  /** The number that the new version would have. */
  version: number;
  items: TenantPreview[];
  /** Tenants on the plan, previewed or not. */
  tenants: number;
  /** The page after this one begins behind this tenant; null at the end. */
  next: string | null;
}

/** The body of `POST /v1/plans/{id}/preview` and its page. */
export interface PlanPreviewRequest {
  spec: PlanSpec;
  limit: number;
  after: string | null;
  /** Null: all tenants of the plan. */
  tenantIds: string[] | null;
}

/** A tenant that runs an image, or is about to. */
export interface TenantWithImages {
  id: string;
  /** Those that are meant, as the tenant names them or its nodes run them; the first twenty. */
  images: string[];
  /** How many pods have one. */
  pods: number;
  /** `Kind namespace/name` of workloads that have one; the first twenty. */
  workloads: string[];
}

/** Who runs images. */
export interface ImageFindings {
  /** ISO 8601; when the look began. Who begins to run one later is not in it. */
  asOf: string;
  tenants: TenantWithImages[];
}

/** What a policy makes of what stands. */
export interface PolicyFindings {
  /** ISO 8601; when the look began. */
  asOf: string;
  /** How many objects were judged. */
  objects: number;
  /** `object`: as `apiVersion/Kind/namespace/name`. */
  violations: { tenantId: string; object: string; message: string }[];
  /** Whether there are more violations than are named. */
  truncated: boolean;
  /** Resources that the policy names and that no worker may read, as `plural.group`. */
  notLookedAt: string[];
}

/** Which version of a policy, and of whom what stands; null: of all for whom it holds. */
export interface PolicyQuestion {
  version: number;
  tenants: string[] | null;
}
