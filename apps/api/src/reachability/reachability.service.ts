import { Worker } from 'node:worker_threads';

import { DomainError } from '#problems';
import { type PlacedTenant, DesiredTenants } from '#tenancy';
import { Injectable } from '@nestjs/common';

import {
  type KnownTenant,
  type LeftOut,
  type Matrix,
  type ReachabilityQuestion,
  type TenantReachability,
} from './answers.js';

/** Computes reachability from the rendered object sets. Computes one answer at a time, because each occupies a core. */
@Injectable()
export class ReachabilityService {
  private last: Promise<unknown> = Promise.resolve();

  constructor(private readonly tenants: DesiredTenants) {}

  /** @throws `tenant.not_found`, `tenant.not_renderable`, `reachability.cluster_unknown` */
  async ofTenant(id: string): Promise<TenantReachability> {
    const tenants = known(await this.tenants.neighboursOf(id));
    const answer = (await this.ask({ tenants, tenantId: id })) as TenantReachability | LeftOut;
    if ('reason' in answer) throw new DomainError('tenant.not_renderable', answer.reason);
    return answer;
  }

  /** @throws `reachability.cluster_unknown` */
  async ofAll(): Promise<Matrix> {
    const tenants = known(await this.tenants.all());
    return (await this.ask({ tenants, tenantId: null })) as Matrix;
  }

  private ask(question: ReachabilityQuestion): Promise<unknown> {
    const answer = this.last.then(() => inThread(question));
    this.last = answer.catch(() => undefined);
    return answer;
  }
}

function inThread(question: ReachabilityQuestion): Promise<unknown> {
  return new Promise((resolve, reject) => {
    // Next to the bundle that contains this code.
    const thread = new Worker(new URL('./reachability.thread.js', import.meta.url), { workerData: question });
    thread.once('message', resolve);
    thread.once('error', reject);
    thread.once('exit', () => {
      reject(new Error('the thread that computes reachability ended without an answer'));
    });
  });
}

function known(tenants: readonly PlacedTenant[]): KnownTenant[] {
  return tenants.map(({ clusterFacts, ...tenant }) => {
    if (clusterFacts === null) {
      const detail = 'Reachability depends on the cluster, and no worker has inspected it yet.';
      throw new DomainError('reachability.cluster_unknown', detail);
    }
    return { ...tenant, clusterFacts };
  });
}
