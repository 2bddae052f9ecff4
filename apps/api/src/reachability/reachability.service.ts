import { Worker } from 'node:worker_threads';

import { uuidOf } from '#persistence';
import { DomainError } from '#problems';
import { type PlacedTenant, DesiredTenants, type TenantScope } from '#tenancy';
import { Injectable } from '@nestjs/common';

import {
  type KnownTenant,
  type LeftOut,
  type Matrix,
  type ReachabilityQuestion,
  type TenantReachability,
} from './answers.js';
import { type ConnectionAnswer, type ConnectionQuestions, type Unanswerable } from './query-answers.js';
import { type AskedQuestion, resolve } from './query-ends.js';

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

  /**
   * Answers questions about connections, in their order.
   * @param scope the tenants that the caller reaches; others do not exist for it. Null: all, and namespaces of no tenant
   * @throws `request.invalid`, `reachability.end_unknown`, `reachability.cluster_unknown`, `tenant.not_renderable`
   */
  async connections(scope: TenantScope | null, asked: readonly AskedQuestion[]): Promise<ConnectionAnswer[]> {
    const ends = asked.flatMap(({ from, to }) => [from, to]);
    const names = [...new Set(ends.flatMap(({ tenant }) => tenant ?? []))];
    const [ids, slugs] = [true, false].map((isId) =>
      names.filter((name) => (uuidOf('tenant', name) !== null) === isId),
    );
    const namespaces = [...new Set(ends.flatMap(({ namespace }) => namespace ?? []))];
    const tenants = known(await this.tenants.named(scope, { ids: ids ?? [], slugs: slugs ?? [], namespaces }));
    const connections = resolve(asked, tenants, scope === null);
    const answer = (await this.ask({ tenants, connections })) as ConnectionAnswer[] | Unanswerable;
    if (!('reason' in answer)) return answer;
    throw new DomainError('tenant.not_renderable', `The tenant ${answer.tenantId}: ${answer.reason}`);
  }

  private ask(question: ReachabilityQuestion | ConnectionQuestions): Promise<unknown> {
    const answer = this.last.then(() => inThread(question));
    this.last = answer.catch(() => undefined);
    return answer;
  }
}

function inThread(question: ReachabilityQuestion | ConnectionQuestions): Promise<unknown> {
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
