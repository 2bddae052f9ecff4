import { isDeepStrictEqual } from 'node:util';

import { idOf, newId, newUuid, type Page, pageOf, type PageRequest, type Transaction, uuidOf } from '#persistence';
import { DomainError } from '#problems';
import { Question } from '#questions';
import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { type EntityManager, LessThan, Raw, type Repository } from 'typeorm';

import { TenantChanges } from '../changes/tenant-changes.js';
import { type ImageFindings } from '../previews/preview.js';
import { PreviewsService } from '../previews/previews.service.js';
import { Quarantine, type TenantSelector } from '../tenants/quarantine.entity.js';
import { type TenantPhase } from '../tenants/tenant-status.js';
import { type BlastRadius, blastRadius, type KnownImages } from './blast-radius.js';

/** Maximum age of an image search; workloads change, so older results are unreliable. */
const PREVIEW_HOLDS = '15 minutes';

/** The state of one tenant of a quarantine. */
export interface QuarantinedTenant {
  id: string;
  slug: string;
  phase: TenantPhase;
  /** `pending`: a worker still has to apply or lift the quarantine. `failed`: see the conditions of the tenant. */
  state: 'pending' | 'in-force' | 'failed' | 'lifted';
}

export interface QuarantineStatus {
  quarantine: Quarantine;
  tenants: QuarantinedTenant[];
}

/** Quarantines many tenants at once. Each tenant gets an ordinary hold that references the quarantine. */
@Injectable()
export class QuarantinesService {
  constructor(
    @InjectRepository(Quarantine) private readonly quarantines: Repository<Quarantine>,
    private readonly changes: TenantChanges,
    private readonly previews: PreviewsService,
  ) {}

  /**
   * Previews a quarantine. If the selector names images, a worker searches for the tenants that run them.
   * @param waitSeconds how long to wait for the worker
   * @throws `request.invalid`, `preview.timeout`, `preview.failed`
   */
  async preview(requestedBy: string, selector: TenantSelector, waitSeconds: number): Promise<BlastRadius> {
    let images: KnownImages | null = null;
    if (selector.images !== undefined) {
      const { id, result } = await this.previews.ofImages(requestedBy, selector.images, waitSeconds);
      images = { previewId: id, findings: result };
    }
    return blastRadius(this.quarantines.manager, selector, { lock: false, images });
  }

  /**
   * Quarantines all matching tenants or none. Tenants that are already quarantined or being deleted are skipped.
   * @param match from the preview of the same selector
   * @throws `request.invalid`, `precondition.preview_stale` if other tenants match now
   */
  async place(
    transaction: Transaction,
    createdBy: string,
    { selector, reason, match }: { selector: TenantSelector; reason: string; match: string },
  ): Promise<QuarantineStatus> {
    const { manager } = transaction;
    const images = selector.images === undefined ? null : await foundImages(manager, selector.images, match);
    const radius = await blastRadius(manager, selector, { lock: true, images });
    if (radius.match !== match) {
      throw new DomainError(
        'precondition.preview_stale',
        'The selector now matches other tenants than in the preview. Preview the quarantine again.',
      );
    }
    const id = newId('quarantine');
    await manager.insert(Quarantine, { id, selector, reason, createdBy, liftedBy: null, liftedAt: null });
    const hit = radius.tenants.filter(({ skipped }) => skipped === null).map((tenant) => uuidOf('tenant', tenant.id));
    await manager.query(
      `INSERT INTO holds (id, tenant_id, source, effect, reason, created_by, quarantine_id)
       SELECT h.id, h.tenant_id, 'security', 'quarantine', $3, $4, $5
       FROM unnest($1::uuid[], $2::uuid[]) AS h(id, tenant_id)`,
      [hit.map(() => newUuid('hold')), hit, reason, createdBy, uuidOf('quarantine', id)],
    );
    const tenants = hit.map((uuid) => ({ id: uuid, by: createdBy }));
    await this.changes.change(transaction, 'hold', tenants, { urgent: true });
    return this.statusIn(manager, id);
  }

  /**
   * Lifts only the holds that the quarantine placed.
   * @throws `quarantine.not_found`, also for a lifted quarantine
   */
  async lift(transaction: Transaction, liftedBy: string, id: string): Promise<QuarantineStatus> {
    const { manager } = transaction;
    const uuid = uuidOf('quarantine', id);
    const [, found] = await manager.query<[unknown, number]>(
      'UPDATE quarantines SET lifted_by = $2, lifted_at = now() WHERE id = $1 AND lifted_at IS NULL',
      [uuid, liftedBy],
    );
    if (found === 0) throw notFound(id, ' that is in force');
    const locked = await manager.query<{ id: string }[]>(
      `SELECT t.id FROM tenants t JOIN holds h ON h.tenant_id = t.id
       WHERE h.quarantine_id = $1 AND h.lifted_at IS NULL AND t.deletion_requested_at IS NULL
       ORDER BY t.id FOR UPDATE OF t`,
      [uuid],
    );
    await manager.query(
      `UPDATE holds SET lifted_by = $2, lifted_at = now() WHERE quarantine_id = $1 AND lifted_at IS NULL`,
      [uuid, liftedBy],
    );
    const tenants = locked.map((tenant) => ({ id: tenant.id, by: liftedBy }));
    await this.changes.change(transaction, 'release', tenants, { urgent: true });
    return this.statusIn(manager, id);
  }

  /** @throws `quarantine.not_found` */
  async get(id: string): Promise<QuarantineStatus> {
    return this.statusIn(this.quarantines.manager, id);
  }

  /** Lists quarantines, newest first. */
  async list({ limit, after }: PageRequest): Promise<Page<Quarantine>> {
    const rows = await this.quarantines.find({
      where: after === null ? {} : { id: LessThan(after) },
      order: { id: 'DESC' },
      take: limit + 1,
    });
    return pageOf(rows, limit, ({ id }) => id);
  }

  private async statusIn(manager: EntityManager, id: string): Promise<QuarantineStatus> {
    const quarantine = uuidOf('quarantine', id) === null ? null : await manager.findOneBy(Quarantine, { id });
    if (quarantine === null) throw notFound(id);
    const tenants = await manager.query<QuarantinedTenant[]>(
      `SELECT t.id, t.slug, t.phase, CASE
         WHEN t.deleted_at IS NOT NULL THEN 'lifted'
         WHEN t.phase = 'failed' THEN 'failed'
         WHEN t.observed_generation < t.generation THEN 'pending'
         WHEN h.lifted_at IS NOT NULL THEN 'lifted' ELSE 'in-force' END AS state
       FROM holds h JOIN tenants t ON t.id = h.tenant_id WHERE h.quarantine_id = $1 ORDER BY t.slug`,
      [uuidOf('quarantine', id)],
    );
    return { quarantine, tenants: tenants.map((tenant) => ({ ...tenant, id: idOf('tenant', tenant.id) })) };
  }
}

/**
 * Returns the tenants that the preview of a match found. The cluster is not searched again, so that exactly the
 * previewed tenants are hit.
 * @throws `precondition.preview_stale` if there is no recent preview of these images
 */
async function foundImages(manager: EntityManager, images: readonly string[], match: string): Promise<KnownImages> {
  const [previewId = ''] = match.split('.');
  const recently = Raw((column) => `${column} > now() - interval '${PREVIEW_HOLDS}'`);
  const isId = uuidOf('preview', previewId) !== null;
  const preview = isId
    ? await manager.findOneBy(Question, { id: previewId, kind: 'images', state: 'succeeded', createdAt: recently })
    : null;
  const asked = (preview?.request as { images: string[] } | undefined)?.images;
  if (preview === null || !isDeepStrictEqual(asked?.toSorted(), images.toSorted())) {
    const detail =
      'No preview of these images has this match, or it is older than 15 minutes. Preview the quarantine again.';
    throw new DomainError('precondition.preview_stale', detail);
  }
  return { previewId, findings: preview.result as ImageFindings };
}

function notFound(id: string, more = ''): DomainError {
  return new DomainError('quarantine.not_found', `There is no quarantine "${id}"${more}.`);
}
