import { MANAGED_BY, MANAGED_BY_LABEL, TENANT_ID_LABEL } from '#isolation';
import { isWorkloadKind, type KubeClient, type LiveObject, objectName } from '#kube';
import { type PolicyFindings } from '#tenancy';

import { celPolicyOf } from '../rule/cel-rule.js';
import { type PolicyJudge, type PolicyReview } from '../rule/policy-judge.js';
import { type CelRule, type PolicySpec } from '../rule/policy-spec.js';
import { type ReadableKind, readableKinds } from './readable-kinds.js';
import { selectsNamespace } from './render-policy.js';

/** Objects per run of the judge, and their size as JSON: tenants write objects of a megabyte, too. */
const BATCH = 200;
const BATCH_BYTES = 8 * 1024 * 1024;
const MOST_VIOLATIONS = 1_000;

/** An object that a policy applies to, and its namespace. */
interface Subject {
  kind: ReadableKind;
  object: LiveObject;
  namespaceObject: LiveObject;
}

/**
 * Evaluates a policy for existing objects in tenants' namespaces, as if they were created now, whatever its mode. Covers
 * only the kinds that the worker has the right to read.
 * @param tenantIds the tenants to audit, whether the policy targets them or not; null: all that it targets
 * @param asOf the time of the database, which decides which exceptions have expired
 * @throws KubeError, KubeUnreachable; `policy.judge_unavailable`
 */
export async function auditPolicy(
  kube: KubeClient,
  judge: PolicyJudge,
  spec: PolicySpec,
  tenantIds: readonly string[] | null,
  asOf: Date,
): Promise<PolicyFindings> {
  const namespaces = await namespacesOf(kube, spec, tenantIds, asOf);
  const { kinds, notLookedAt } = kindsOf(spec);
  const none = { objects: 0, violations: [], truncated: false };
  const findings: PolicyFindings = { ...none, asOf: asOf.toISOString(), notLookedAt };
  for (const kind of kinds) {
    for await (const batch of batches(kube, kind, namespaces)) await judgeAll(judge, spec, batch, findings);
  }
  return findings;
}

/** The objects of a kind that a policy applies to, in parts that fit into memory. */
async function* batches(
  kube: KubeClient,
  kind: ReadableKind,
  namespaces: ReadonlyMap<string, LiveObject>,
): AsyncGenerator<Subject[]> {
  let batch: Subject[] = [];
  let bytes = 0;
  for await (const page of kube.pages(kind)) {
    for (const object of page) {
      const namespaceObject = namespaces.get(object.metadata.namespace ?? '');
      if (namespaceObject === undefined || isExempt(object)) continue;
      batch.push({ kind, object, namespaceObject });
      bytes += JSON.stringify(object).length;
      if (batch.length < BATCH && bytes < BATCH_BYTES) continue;
      yield batch;
      [batch, bytes] = [[], 0];
    }
  }
  if (batch.length > 0) yield batch;
}

/** Merges the audits of several clusters, which began at this time. */
export function together(audits: readonly PolicyFindings[], asOf: Date): PolicyFindings {
  const violations = audits.flatMap((audit) => audit.violations);
  return {
    asOf: asOf.toISOString(),
    objects: audits.reduce((sum, { objects }) => sum + objects, 0),
    violations: violations.slice(0, MOST_VIOLATIONS),
    truncated: violations.length > MOST_VIOLATIONS || audits.some(({ truncated }) => truncated),
    notLookedAt: [...new Set(audits.flatMap(({ notLookedAt }) => notLookedAt))].sort(),
  };
}

/** Policies do not apply to objects written by the provisioner. Dedicated workloads are written as the tenant. */
function isExempt({ kind, metadata }: LiveObject): boolean {
  return metadata.labels?.[MANAGED_BY_LABEL] === MANAGED_BY && !isWorkloadKind(kind);
}

async function namespacesOf(
  kube: KubeClient,
  spec: PolicySpec,
  tenantIds: readonly string[] | null,
  now: Date,
): Promise<Map<string, LiveObject>> {
  const all = await kube.list({ apiVersion: 'v1', kind: 'Namespace', namespace: '' }, TENANT_ID_LABEL);
  const isIncluded = (labels: Readonly<Record<string, string>>): boolean =>
    tenantIds === null ? selectsNamespace(spec, labels, now) : tenantIds.includes(labels[TENANT_ID_LABEL] ?? '');
  return new Map(
    all.filter(({ metadata }) => isIncluded(metadata.labels ?? {})).map((object) => [object.metadata.name, object]),
  );
}

/** The readable kinds that a policy applies to, and the names of others that it applies to. */
function kindsOf(spec: PolicySpec): { kinds: ReadableKind[]; notLookedAt: string[] } {
  // Objects are evaluated as if they were created now, which some rules are not about.
  const created = (): CelRule['match'] =>
    celPolicyOf(spec).match.filter(({ operations }) => operations.includes('CREATE'));
  const named = (spec.rule.rego?.match ?? created()).flatMap((rule) => {
    const names = 'kinds' in rule ? rule.kinds : rule.resources.filter((name) => !name.includes('/'));
    return rule.apiGroups.flatMap((group) => names.map((name) => ({ group, name })));
  });
  const fits = ({ group, plural, kind }: ReadableKind, wanted: { group: string; name: string }): boolean =>
    ['*', group].includes(wanted.group) && ['*', plural, kind].includes(wanted.name);
  const kinds = readableKinds.filter((kind) => named.some((wanted) => fits(kind, wanted)));
  const notLookedAt = named
    .filter(
      (wanted) => wanted.name === '*' || wanted.group === '*' || !readableKinds.some((kind) => fits(kind, wanted)),
    )
    .map(({ group, name }) => (group === '' ? name : `${name}.${group}`));
  return { kinds, notLookedAt: [...new Set(notLookedAt)].sort() };
}

async function judgeAll(
  judge: PolicyJudge,
  spec: PolicySpec,
  subjects: readonly Subject[],
  findings: PolicyFindings,
): Promise<void> {
  const results = await judge.try(spec, subjects.map(reviewOf));
  findings.objects += subjects.length;
  results.forEach(({ violations, error }, index) => {
    const subject = subjects[index];
    if (subject === undefined) return;
    for (const message of error === null ? violations : [`The rule could not be evaluated: ${error}`]) {
      if (findings.violations.length === MOST_VIOLATIONS) findings.truncated = true;
      else findings.violations.push({ ...placeOf(subject), message });
    }
  });
}

function reviewOf({ kind, object, namespaceObject }: Subject): PolicyReview {
  const asJson = (live: LiveObject): Record<string, unknown> => live;
  return {
    operation: 'CREATE',
    resource: kind.plural,
    oldObject: null,
    object: asJson(object),
    namespaceObject: asJson(namespaceObject),
  };
}

function placeOf({ object, namespaceObject }: Subject): { tenantId: string; object: string } {
  const { apiVersion, kind, metadata } = object;
  return {
    tenantId: namespaceObject.metadata.labels?.[TENANT_ID_LABEL] ?? '',
    object: objectName({ apiVersion, kind, namespace: metadata.namespace ?? '', name: metadata.name }),
  };
}
