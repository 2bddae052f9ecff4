import { Clusters } from '#clusters';
import { idOf, uuidOf } from '#persistence';
import { type PlanSpec } from '#plans';
import { type PolicySpec } from '#policies';
import { PolicyAuditor } from '#policies/worker';
import {
  applyChange,
  type ChangeableTenant,
  environmentLimit,
  type ImageFindings,
  type PlanPreview,
  type PlanPreviewRequest,
  type PolicyFindings,
  type PolicyQuestion,
  previewToken,
  type TenantChange,
  type TenantPreview,
} from '#tenancy';
import { Injectable, Logger } from '@nestjs/common';
import pMap from 'p-map';
import { DataSource, type EntityManager } from 'typeorm';

import { Leases } from '../lease/lease.js';
import { type LeasedTenant } from '../lease/leased-tenant.js';
import { INTERNAL_ERROR } from '../pass/diagnosis.js';
import { outcomeOf } from '../pass/outcome.js';
import { findImages } from './find-images.js';
import { previewTenant, type WantedTenant } from './preview-tenant.js';

/** The API waits no longer for an answer. */
const WAITING = '60 seconds';
/** Tenants of one page that are previewed concurrently. */
const TENANTS_AT_ONCE = 2;

interface PlanRow {
  id: string;
  version: number;
  spec: PlanSpec;
}
type Question =
  | { kind: 'tenant'; subject: string; request: TenantChange }
  | { kind: 'plan'; subject: string; request: PlanPreviewRequest }
  | { kind: 'images'; subject: string; request: { images: string[] } }
  | { kind: 'policy'; subject: string; request: PolicyQuestion };
interface Answer {
  result: TenantPreview | PlanPreview | ImageFindings | PolicyFindings;
  token: string | null;
}

/** Answers previews: computes what a change would do, without making it. */
@Injectable()
export class Previewer {
  private readonly logger = new Logger(Previewer.name);

  constructor(
    private readonly dataSource: DataSource,
    private readonly leases: Leases,
    private readonly clusters: Clusters,
    private readonly auditor: PolicyAuditor,
  ) {}

  /** Answers a preview, unless it is older than the API waits. */
  async answer(previewId: string): Promise<void> {
    const id = uuidOf('preview', previewId);
    const [rows] = await this.dataSource.query<[Question[], number]>(
      `UPDATE previews SET state = 'running'
       WHERE id = $1 AND finished_at IS NULL AND created_at > now() - interval '${WAITING}'
       RETURNING kind, subject, request`,
      [id],
    );
    const [question] = rows;
    if (question === undefined) return;
    try {
      const { result, token } = await this.work(question);
      await this.finish(id, 'succeeded', { result, error: null, token });
    } catch (error) {
      const outcome = outcomeOf(error, 0);
      const { reason, message } =
        outcome.kind === 'settled' ? { reason: INTERNAL_ERROR, message: '' } : outcome.problem;
      const cause = reason === INTERNAL_ERROR ? { err: error } : {};
      this.logger.warn({ previewId, reason, ...cause }, message);
      await this.finish(id, 'failed', { result: null, error: message, token: null });
    }
  }

  private async finish(
    id: string | null,
    state: string,
    { result, error, token }: { result: object | null; error: string | null; token: string | null },
  ): Promise<void> {
    await this.dataSource.query(
      `UPDATE previews SET state = $2, result = $3::jsonb, error = $4, token = $5, finished_at = now() WHERE id = $1`,
      [id, state, result === null ? null : JSON.stringify(result), error, token],
    );
  }

  private async work(question: Question): Promise<Answer> {
    if (question.kind === 'plan') return { result: await this.ofPlan(question.subject, question.request), token: null };
    if (question.kind === 'policy') {
      return { result: await this.ofPolicy(question.subject, question.request), token: null };
    }
    if (question.kind === 'images') {
      return { result: await this.ofImages(question.request.images), token: null };
    }
    const { subject, request } = question;
    const { tenant, wanted, token } = await this.dataSource.transaction('REPEATABLE READ', (manager) =>
      this.afterChange(manager, subject, request),
    );
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
      wanted: { plan, members: after.members, labels: after.labels },
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

  private async ofPolicy(id: string, { version, tenants }: PolicyQuestion): Promise<PolicyFindings> {
    const [row] = await this.dataSource.query<{ spec: PolicySpec }[]>(
      'SELECT spec FROM policy_versions WHERE policy_id = $1 AND version = $2',
      [id, version],
    );
    if (row === undefined) throw new Error(`no policy ${id}`);
    return this.auditor.look(row.spec, tenants);
  }

  /** Null if the tenant was deleted in the meantime. */
  private async onPlan(tenantId: string, plan: WantedTenant['plan']): Promise<TenantPreview | null> {
    const tenant = await this.leases.look(this.dataSource.manager, tenantId);
    if (tenant === null) return null;
    const limit = environmentLimit({ planId: plan.id, spec: plan.spec }, tenant.environments.length, '/plan');
    if (limit === null) return this.ofTenant(tenant, { plan, members: tenant.members, labels: tenant.labels });
    return {
      tenantId,
      slug: tenant.slug,
      generation: tenant.generation,
      plan: { id: plan.id, version: plan.version },
      changes: [],
      truncated: false,
      totals: { create: 0, update: 0, delete: 0 },
      quota: { fits: true, excess: [], unknown: [] },
      problems: [{ code: limit.code, detail: limit.message }],
    };
  }
}

async function planOf(manager: EntityManager, { id, version }: NonNullable<TenantChange['plan']>): Promise<PlanRow> {
  const [plan] = await manager.query<PlanRow[]>(
    `SELECT plan_id AS id, version, spec FROM plan_versions
     WHERE plan_id = $1 AND ($2::int IS NULL OR version = $2) ORDER BY version DESC LIMIT 1`,
    [id, version ?? null],
  );
  if (plan === undefined) throw new Error(`no plan ${id}`);
  return plan;
}
