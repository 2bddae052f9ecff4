import { Loop } from '#background';
import { Clusters } from '#clusters';
import { uuidOf } from '#persistence';
import { Injectable } from '@nestjs/common';

import { PassRunner } from './pass-runner.js';

/**
 * Notices at once when somebody changes or deletes what belongs to a tenant, and has it put right. The watches tell
 * that something happened, never what to do: a look at the inventory finds out whether it was Bulkhead itself, and a
 * pass over the tenant what differs.
 */
@Injectable()
export class DriftWatch {
  readonly loop = new Loop({
    name: 'drift-watch',
    periodMs: null,
    onStart: () => {
      this.watch();
    },
    run: () => Promise.resolve(),
    failed: 'failed to watch for drift',
  });

  constructor(
    private readonly clusters: Clusters,
    private readonly runner: PassRunner,
  ) {}

  private watch(): void {
    void this.clusters.watch({
      changed: (tenantId, clusterId) => {
        // Other installations may use the same cluster, and labels can be forged.
        if (uuidOf('tenant', tenantId) !== null) this.runner.suspectDrift(tenantId, clusterId);
      },
    });
  }
}
