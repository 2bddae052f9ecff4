import { expect, test } from 'vitest';

import { type Pass } from '../pass/pass.js';
import { ensureWorkloads } from './ensure-workloads.js';

test('workloads of a restricted tenant are neither read nor forgotten', async () => {
  const tenant = {
    restriction: { suspended: true, quarantined: false },
    inventory: [{ kind: 'Deployment', name: 'web' }],
  };
  // There is no cluster to ask: a request would throw.
  const known = { rendered: [], existing: new Map(), applied: [] };
  expect(await ensureWorkloads({ tenant } as unknown as Pass, known)).toEqual({});
});
