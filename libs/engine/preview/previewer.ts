import { Clusters } from '#clusters';
import { UnrenderableTenant } from '#isolation';
import { idOf, uuidOf } from '#persistence';
import { type PlanSpec, readPlanSpec } from '#plans';
import { type Answer, Answerers } from '#questions';
import {
  applyChange,
  type ChangeableTenant,
  environmentLimit,
  type ImageFindings,
  type NetworkRuleQuestion,
  type PlanPreview,
  type PlanPreviewRequest,
  type PreviewProblem,
  previewToken,
  type TenantChange,
  type TenantPreview,
} from '#tenancy';
import { Injectable } from '@nestjs/common';
import pMap from 'p-map';
import { DataSource, type EntityManager } from 'typeorm';

import { Leases } from '../lease/lease.js';
import { type LeasedTenant } from '../lease/leased-tenant.js';
import { findImages } from './find-images.js';
import { previewTenant, type WantedTenant } from './preview-tenant.js';

/** Tenants of one page that are previewed concurrently. */
const TENANTS_AT_ONCE = 2;

interface PlanRow {
  id: string;
  version: number;
  spec: PlanSpec;
}

/** Answers the API's questions about tenants: what a change would do, and who runs an image. Changes nothing. */
@Injectable()
export class Previewer {
  constructor(
    answerers: Answerers,
    private readonly dataSource: DataSource,
    private readonly leases: Leases,
    private readonly clusters: Clusters,
  ) {
    answerers.register('tenant', (tenantId, change: TenantChange) => this.ofChange(tenantId, change));
    answerers.register('network-rule', (tenantId, question: NetworkRuleQuestion) =>
      this.ofNetworkRule(tenantId, question),
    );
    answerers.register('plan', async (planId, request: PlanPreviewRequest) => {
      return { result: await this.ofPlan(planId, request), token: null };
    });
    answerers.register('images', async (_, { images }: { images: string[] }) => {
      return { result: await this.ofImages(images), token: null };
    });
  }

  private async ofChange(tenantId: string, change: TenantChange): Promise<Answer> {
    const { tenant, wanted, token } = await this.dataSource.transaction('REPEATABLE READ', (manager) =>
      this.afterChange(manager, tenantId, change),
    );
    return { result: await this.ofTenant(tenant, wanted), token };
  }

  private async ofNetworkRule(tenantId: string, { id, after, token }: NetworkRuleQuestion): Promise<Answer> {
    const tenant = await this.leases.look(this.dataSource.manager, tenantId);
    if (tenant === null) throw new Error('the tenant was deleted');
    const others = tenant.networkRules.filter((rule) => rule.id !== id);
    const wanted = { ...unchanged(tenant), networkRules: after === null ? others : [...others, after] };
    return { result: await this.ofTenant(tenant, wanted), token };
  }

  /**
   * The tenant, its desired state after the change, and the token that binds both, from one snapshot of the database.
   */
  private async afterChange(
    manager: EntityManager,
    tenantId: string,
    change: TenantChange,
  ): Promise<{ tenant: LeasedTenant; wanted: WantedTenant; token: string }> {
    const tenant = await this.leases.look(manager, tenantId);
    const [current] = await manager.query<ChangeableTenant[]>(
      `SELECT display_name AS "displayName", external_id AS "externalId", members, labels, plan_id AS "planId",
         plan_version AS "planVersion" FROM tenants WHERE id = $1`,
      [uuidOf('tenant', tenantId)],
    );
    if (tenant === null || current === undefined) throw new Error('the tenant was deleted');
    const plan = change.plan === undefined ? tenant.plan : await planOf(manager, change.plan);
    const after = applyChange(current, change, change.plan === undefined ? null : { ...plan, planId: plan.id });
    return {
      tenant,
      wanted: { ...unchanged(tenant), plan, members: after.members, labels: after.labels },
      token: previewToken(tenant, after, change),
    };
  }

  private async ofTenant(tenant: LeasedTenant, wanted: WantedTenant): Promise<TenantPreview> {
    const session = await this.clusters.session(tenant.clusterId);
    const { kube, cache } = session;
    return previewTenant({ kube, cache, cluster: await session.ready() }, tenant, wanted);
  }

  /** What tenants of all clusters run: an answer that leaves a cluster out would be wrong. */
  private async ofImages(images: readonly string[]): Promise<ImageFindings> {
    const asOf = new Date().toISOString();
    const sessions = await this.clusters.all();
    const found = await pMap(sessions, (session) => findImages(session, this.dataSource.manager, images));
    const tenants = found.flat().sort((a, b) => (a.id < b.id ? -1 : 1));
    return { asOf, tenants };
  }

  private async ofPlan(planId: string, request: PlanPreviewRequest): Promise<PlanPreview> {
    const { spec, limit, after, tenantIds } = request;
    const { manager } = this.dataSource;
    const version = (await planOf(manager, { id: planId })).version + 1;
    const only = tenantIds?.map((id) => uuidOf('tenant', id)) ?? null;
    const onPlan = `plan_id = $1 AND deletion_requested_at IS NULL AND deleted_at IS NULL
      AND ($2::uuid[] IS NULL OR id = ANY ($2))`;
    const [total] = await manager.query<{ count: number }[]>(
      `SELECT count(*)::int AS count FROM tenants WHERE ${onPlan}`,
      [planId, only],
    );
    const rows = await manager.query<{ id: string }[]>(
      `SELECT id FROM tenants WHERE ${onPlan} AND ($3::uuid IS NULL OR id > $3) ORDER BY id LIMIT $4`,
      [planId, only, after === null ? null : uuidOf('tenant', after), limit + 1],
    );
    const page = rows.slice(0, limit).map(({ id }) => idOf('tenant', id));
    const items = await pMap(page, (id) => this.onPlan(id, { id: planId, version, spec }), {
      concurrency: TENANTS_AT_ONCE,
    });
    return {
      planId,
      version,
      items: items.filter((item) => item !== null),
      tenants: total?.count ?? 0,
      next: rows.length > limit ? (page.at(-1) ?? null) : null,
    };
  }

  /** Null if the tenant was deleted in the meantime. */
  private async onPlan(tenantId: string, plan: WantedTenant['plan']): Promise<TenantPreview | null> {
    const tenant = await this.leases.look(this.dataSource.manager, tenantId);
    if (tenant === null) return null;
    const limit = environmentLimit({ planId: plan.id, spec: plan.spec }, tenant.environments.length, '/plan');
    if (limit !== null) return withoutChanges(tenant, plan, { code: limit.code, detail: limit.message });
    try {
      return await this.ofTenant(tenant, { ...unchanged(tenant), plan });
    } catch (error) {
      if (!(error instanceof UnrenderableTenant)) throw error;
      return withoutChanges(tenant, plan, { code: 'NotRenderable', detail: error.message });
    }
  }
}

function unchanged({ plan, members, labels, networkRules }: LeasedTenant): WantedTenant {
  return { plan, members, labels, networkRules };
}

/** The preview of a tenant that cannot get this plan. */
function withoutChanges(tenant: LeasedTenant, plan: WantedTenant['plan'], problem: PreviewProblem): TenantPreview {
  return {
    tenantId: tenant.id,
    slug: tenant.slug,
    generation: tenant.generation,
    plan: { id: plan.id, version: plan.version },
    changes: [],
    truncated: false,
    totals: { create: 0, update: 0, delete: 0 },
    connections: [],
    networkRules: [],
    quota: { fits: true, excess: [], unknown: [] },
    problems: [problem],
  };
}

async function planOf(manager: EntityManager, { id, version }: NonNullable<TenantChange['plan']>): Promise<PlanRow> {
  const [plan] = await manager.query<(Omit<PlanRow, 'spec'> & { spec: string })[]>(
    `SELECT plan_id AS id, version, spec::text FROM plan_versions
     WHERE plan_id = $1 AND ($2::int IS NULL OR version = $2) ORDER BY version DESC LIMIT 1`,
    [id, version ?? null],
  );
  if (plan === undefined) throw new Error(`no plan ${id}`);
  return { ...plan, spec: readPlanSpec(plan.spec) };
}
