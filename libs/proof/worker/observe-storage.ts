import { type IsolationCheckResult } from '#certificates';
import { type TenantInput } from '#isolation';

import { resultOf } from './findings.js';
import { type TrialRun } from './trial-run.js';

interface StorageClass {
  metadata: { name: string };
  reclaimPolicy?: string;
}

/** Checks that volumes are deleted with their claims, so that no later claim finds their data. */
export async function observeStorage(inquiry: TrialRun, { plan }: TenantInput): Promise<IsolationCheckResult> {
  const classes = (await inquiry.items('/apis/storage.k8s.io/v1/storageclasses')) as StorageClass[];
  const { storageClasses } = plan.spec;
  const allowed = classes.filter(
    ({ metadata }) => storageClasses.length === 0 || storageClasses.includes(metadata.name),
  );
  const evidence = allowed.map(({ metadata, reclaimPolicy = 'Delete' }) => ({
    as: 'the worker',
    request: `look at the reclaim policy of StorageClass ${metadata.name}`,
    detail: null,
    answer: reclaimPolicy,
    expected: 'yes' as const,
    control: false,
    asExpected: reclaimPolicy === 'Delete',
  }));
  const control = {
    as: 'the worker',
    request: 'list StorageClasses',
    detail: null,
    answer: `${classes.length} found`,
    expected: 'yes' as const,
    control: true,
    asExpected: true,
  };
  return resultOf(
    {
      id: 'delete-volumes-with-claims',
      benchmark: 'MTB pending #1199',
      area: 'storage',
      title: 'Volumes end with their claims',
      condition: 'PoliciesEnforced',
    },
    {
      evidence: evidence.length === 0 ? [] : [control, ...evidence],
      notApplicable: evidence.length === 0 ? 'The cluster has no StorageClass that the plan allows.' : null,
    },
  );
}
