import { type IsolationCheckResult, type IsolationReport } from '#certificates';
import { Clusters } from '#clusters';
import { type LeasedTenant } from '#engine';
import { renderTenant, type TenantInput, UnrenderableTenant } from '#isolation';
import { policiesFor } from '#policies/worker';
import { DesiredTenants } from '#tenancy';
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';

import { examineTenant } from './examine-tenant.js';
import { TrialRun } from './trial-run.js';

/** Compares tenants with their desired state, and writes reports. */
@Injectable()
export class Reporter {
  constructor(
    private readonly dataSource: DataSource,
    private readonly tenants: DesiredTenants,
    private readonly clusters: Clusters,
  ) {}

  /**
   * @param id of the run
   * @throws as `examineTenant`
   */
  async report(id: string, tenant: LeasedTenant): Promise<IsolationReport> {
    const session = await this.clusters.session(tenant.clusterId);
    const cluster = await session.ready();
    const startedAt = new Date().toISOString();
    const inquiry = new TrialRun(session.trials, session.kube);
    const neighbour = await this.tenants.neighbourOf(tenant);
    const joined = tenant.links.flatMap(({ provider, consumer }) => [provider.tenantId, consumer.tenantId]);
    const linked = await this.tenants.byIds(joined.filter((each) => each !== tenant.id));
    const input: TenantInput = { ...tenant, cluster };
    const others = [...linked, ...(neighbour === null ? [] : [neighbour])].map((other) => ({ ...other, cluster }));
    const unknown = others.filter((other) => !isRenderable(other));
    const isKnown = ({ id: other }: { id: string }): boolean => !unknown.some((each) => each.id === other);
    const { provisioner } = session.settings;
    const { identities, notAsked, checks } = await examineTenant(inquiry, {
      tenant: input,
      neighbour: neighbour === null || !isKnown(neighbour) ? null : { ...neighbour, cluster },
      linked: linked.filter(isKnown).map((other) => ({ ...other, cluster })),
      policies: await policiesFor(this.dataSource.manager, input, provisioner),
      provisioner,
    });
    const count = (status: string): number => checks.filter((check) => check.status === status).length;
    const { slug, generation, plan } = tenant;
    return {
      type: 'bulkhead.io/isolation-report',
      version: 2,
      id,
      tenant: { id: tenant.id, slug, generation, plan: { id: plan.id, version: plan.version } },
      namespaces: tenant.environments.map(({ namespace }) => namespace),
      identities,
      notAsked: [
        ...notAsked,
        ...unknown.map(({ slug: other }) => `the paths to the tenant ${other}, which cannot be rendered`),
      ],
      cluster: { name: tenant.clusterId, apiServerVersion: cluster.minorVersion },
      startedAt,
      finishedAt: new Date().toISOString(),
      requests: inquiry.requests,
      summary: { passed: count('pass'), failed: count('fail'), notApplicable: count('not-applicable') },
      areas: areasOf(checks),
      checks,
    };
  }
}

/** On what the checks of each area rest. */
function areasOf(checks: readonly IsolationCheckResult[]): NonNullable<IsolationReport['areas']> {
  const byArea = Map.groupBy(checks, ({ area }) => area);
  return [...byArea].map(([area, those]) => ({
    area,
    basis: [...new Set(those.flatMap(({ basis }) => (basis === undefined ? [] : [basis])))].sort(),
  }));
}

/** Another tenant that cannot be rendered limits a check; it does not end it. */
function isRenderable(tenant: TenantInput): boolean {
  try {
    renderTenant(tenant);
    return true;
  } catch (error) {
    if (error instanceof UnrenderableTenant) return false;
    throw error;
  }
}
