import { expect, test } from 'vitest';

import { type Pass } from '../pass/pass.js';
import { ensureWorkloads } from './ensure-workloads.js';

test('the workloads of a restricted tenant are neither looked at nor forgotten', async () => {
  const tenant = {
    restriction: { suspended: true, quarantined: false },
    inventory: [{ kind: 'Deployment', name: 'web' }],
  };
  const result = { applied: [], removed: [] };
  // There is no cluster to ask: a request would throw.
  await ensureWorkloads({ tenant, result } as unknown as Pass, [], new Map());
  expect(result).toEqual({ applied: [], removed: [] });
});
