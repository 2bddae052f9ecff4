import { createHash } from 'node:crypto';

import { idOf, uuidOf } from '#persistence';
import { invalidField } from '#problems';
import { type EntityManager } from 'typeorm';

import { type ImageFindings, type TenantWithImages } from '../previews/preview.js';
import { type TenantSelector } from '../tenants/quarantine.entity.js';
import { type TenantPhase } from '../tenants/tenant-status.js';

/** A tenant that matches the selector of a quarantine. */
export interface HitTenant {
  id: string;
  slug: string;
  displayName: string;
  plan: string;
  phase: TenantPhase;
  namespaces: string[];
  /** Why the tenant would be skipped; null if it would be quarantined. */
  skipped: 'deleting' | 'quarantined' | null;
  /** Which of the selected images it runs; null if the selector names none. */
  runs: Omit<TenantWithImages, 'id'> | null;
}

/** The effect that a quarantine would have. */
export interface BlastRadius {
  tenants: HitTenant[];
  /** Identifies the selector and the tenants: a quarantine with it hits exactly these tenants or none. */
  match: string;
  /** ISO 8601; when the search for images began. Null if the selector names none. */
  asOf: string | null;
}

/** The tenants that run the images of a selector, and the preview that found them. */
export interface KnownImages {
  previewId: string;
  findings: ImageFindings;
}

/** Whether a tenant `t` matches plan, labels, ids and the tenants that run the images; null parameters match any. */
const MEANT = `t.deleted_at IS NULL AND ($1::text IS NULL OR t.plan_id = $1) AND ($2::jsonb IS NULL OR t.labels @> $2)
  AND ($3::uuid[] IS NULL OR t.id = ANY($3)) AND ($4::uuid[] IS NULL OR t.id = ANY($4))`;

/** More tenants than anyone could review. */
const MOST_TENANTS = 10_000;

/**
 * Returns the tenants that match a selector, by slug.
 * @param lock whether to lock the tenants until the transaction ends
 * @param images the tenants that run the selected images; null if the selector names none
 * @param quarantined whether tenants are hit that are quarantined already
 * @throws `request.invalid` for an unknown id, and if too many tenants match
 */
export async function blastRadius(
  manager: EntityManager,
  selector: TenantSelector,
  { lock, images, quarantined = false }: { lock: boolean; images: KnownImages | null; quarantined?: boolean },
): Promise<BlastRadius> {
  const ids = selector.tenants?.map((id) => uuidOf('tenant', id) ?? '') ?? null;
  const running = new Map(images?.findings.tenants.map(({ id, ...runs }) => [id, runs]));
  const values = [
    selector.plan ?? null,
    labelsOf(selector),
    ids?.filter((id) => id !== '') ?? null,
    images === null ? null : [...running.keys()].map((id) => uuidOf('tenant', id)),
  ];
  // Locks in a fixed order, so that concurrent quarantines cannot deadlock, and in a separate statement, because a
  // statement that waits for a lock sees the holds as they were before.
  if (lock) await manager.query(`SELECT t.id FROM tenants t WHERE ${MEANT} ORDER BY t.id FOR UPDATE`, values);
  const rows = await manager.query<Omit<HitTenant, 'runs'>[]>(
    `SELECT t.id, t.slug, t.display_name AS "displayName", t.plan_id AS plan, t.phase,
       ARRAY(SELECT e.namespace FROM environments e WHERE e.tenant_id = t.id ORDER BY e.position) AS namespaces,
       CASE WHEN t.deletion_requested_at IS NOT NULL THEN 'deleting'
         WHEN NOT $5 AND EXISTS (SELECT 1 FROM holds h WHERE h.tenant_id = t.id AND h.lifted_at IS NULL
           AND h.source = 'security' AND h.effect = 'quarantine') THEN 'quarantined' END AS skipped
     FROM tenants t WHERE ${MEANT} ORDER BY t.id LIMIT ${MOST_TENANTS + 1}`,
    [...values, quarantined],
  );
  refuseStrangers(selector, ids, new Set(rows.map(({ id }) => id)));
  if (rows.length > MOST_TENANTS) throw invalidField('/selector', `More than ${MOST_TENANTS} tenants match.`);
  const tenants = rows
    .map((row) => ({ ...row, id: idOf('tenant', row.id), runs: running.get(idOf('tenant', row.id)) ?? null }))
    .sort((a, b) => (a.slug < b.slug ? -1 : 1));
  const match = matchOf(selector, tenants);
  const asOf = images?.findings.asOf ?? null;
  return { tenants, asOf, match: images === null ? match : `${images.previewId}.${match}` };
}

/** An unknown id is an error only if ids are the sole criterion; otherwise it may have been filtered out. */
function refuseStrangers(
  { tenants = [], ...others }: TenantSelector,
  ids: readonly string[] | null,
  found: Set<string>,
): void {
  if (ids === null || Object.values(others).some((other) => other !== undefined)) return;
  const index = ids.findIndex((id) => !found.has(id));
  if (index !== -1) throw invalidField(`/selector/tenants/${index}`, `There is no tenant "${tenants[index] ?? ''}".`);
}

function labelsOf({ labels }: TenantSelector): string | null {
  return labels === undefined ? null : JSON.stringify(labels);
}

function matchOf(selector: TenantSelector, tenants: readonly HitTenant[]): string {
  const { plan = null, labels = {}, tenants: named = null, images } = selector;
  const wanted = [plan, Object.entries(labels).sort(), named?.toSorted() ?? null, images?.toSorted()];
  const hit = tenants.filter(({ skipped }) => skipped === null).map(({ id }) => id);
  return createHash('sha256')
    .update(JSON.stringify([wanted, hit]))
    .digest('base64url');
}
