import { planSpecSchema, type PlanSpec } from './plan-spec.js';
import { memoized } from './memoized.js';

/** A plan that states nothing but its quota: what each other member is when a stored spec lacks it. */
const defaults = planSpecSchema.parse({ quota: { cpu: '1', memory: '1Gi' } });

/**
 * Reads a spec as a plan version stores it. Versions never change, so one that is older than a member of plans lacks it,
 * and gets the schema's default here and nowhere else. A spec that the schema no longer accepts, or that a newer release
 * stored, was accepted once and stays in force: it only gets the members that it lacks.
 * @param text JSON; a text is parsed once, because every pass reads its tenant's plan.
 * @returns a frozen object, which all tenants of the plan share.
 */
export const readPlanSpec: (text: string) => PlanSpec = memoized((text) => {
  const stored = renamed(JSON.parse(text)) as PlanSpec;
  const { data = filled(stored, defaults) } = planSpecSchema.safeParse(stored);
  return frozen(data as PlanSpec);
});

/** Members of `billing` by their names in versions of plans that are older than the present ones. */
const earlierNames = { graceDays: 'paymentGraceDays', suspendedRetentionDays: 'deletionRetentionDays' } as const;

/** Gives members that were stored under an earlier name their present one. */
function renamed(stored: unknown): unknown {
  if (!isRecord(stored) || !isRecord(stored['billing'])) return stored;
  const billing = Object.entries(stored['billing']).map(([name, value]) => [
    Object.hasOwn(earlierNames, name) ? earlierNames[name as keyof typeof earlierNames] : name,
    value,
  ]);
  return { ...stored, billing: Object.fromEntries(billing) as object };
}

/** Adds the members that an object lacks, at any depth. */
function filled(stored: unknown, lacking: unknown): unknown {
  if (!isRecord(stored) || !isRecord(lacking)) return stored;
  const members = Object.entries(lacking).map(([key, value]) => [
    key,
    key in stored ? filled(stored[key], value) : value,
  ]);
  return { ...stored, ...(Object.fromEntries(members) as object) };
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function frozen<T>(value: T): T {
  if (typeof value !== 'object' || value === null) return value;
  Object.values(value).forEach(frozen);
  return Object.freeze(value);
}
