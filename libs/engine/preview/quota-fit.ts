import { ENVIRONMENT_LABEL, type KubernetesObject } from '#isolation';
import { type LiveObject } from '#kube';
import { compareQuantities } from '#plans';
import { type QuotaExcess, type QuotaFit } from '#tenancy';

/** A quota as it would be, and the existing one; null if there is none yet, so that nothing is used. */
export interface QuotaPair {
  rendered: KubernetesObject;
  live: LiveObject | null;
}

/** Reports whether today's usage (`status.used`) fits into the new quotas. Pure. */
export function quotaFit(pairs: readonly QuotaPair[]): QuotaFit {
  const excess: QuotaExcess[] = [];
  const unknown = new Set<string>();
  for (const { rendered, live } of pairs) {
    if (live === null) continue;
    const environment = rendered.metadata.labels?.[ENVIRONMENT_LABEL] ?? '';
    const hard = (rendered['spec'] as { hard: Record<string, string> }).hard;
    const used = (live as { status?: { used?: Record<string, string> } }).status?.used ?? {};
    for (const [resource, newHard] of Object.entries(hard)) {
      const amount = used[resource];
      if (amount === undefined) unknown.add(environment);
      else if (isMore(amount, newHard)) excess.push(excessOf({ environment, resource, used: amount, newHard }));
    }
  }
  return { fits: excess.length === 0, excess, unknown: [...unknown].sort() };
}

function excessOf(about: Omit<QuotaExcess, 'detail'>): QuotaExcess {
  const { environment, resource, used, newHard } = about;
  const detail =
    `The environment "${environment}" uses ${used} of ${resource}, and ${newHard} would be allowed. Existing objects ` +
    'are kept, but no more can be created until usage drops.';
  return { ...about, detail };
}

function isMore(used: string, hard: string): boolean {
  try {
    return compareQuantities(used, hard) > 0;
  } catch {
    // Not a quantity that Bulkhead can read (negative while the cluster is recounting): counts as unused.
    return false;
  }
}
