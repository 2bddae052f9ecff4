import { createHash } from 'node:crypto';

import { idOf, uuidOf } from '#persistence';
import { invalidField } from '#problems';
import { type EntityManager } from 'typeorm';

import { type ImageFindings, type TenantWithImages } from '../previews/preview.js';
import { type TenantSelector } from '../tenants/quarantine.entity.js';
import { type TenantPhase } from '../tenants/tenant-status.js';

/** A tenant that a quarantine would hit, or why it would not. */
export interface HitTenant {
  id: string;
  slug: string;
  displayName: string;
  plan: string;
  phase: TenantPhase;
  namespaces: string[];
  /** Why it is left out; null when it is cut off. */
  skipped: 'deleting' | 'quarantined' | null;
  /** What it runs of the images that are meant; null when none are named. */
  runs: Omit<TenantWithImages, 'id'> | null;
}

/** What a quarantine would do. */
export interface BlastRadius {
  tenants: HitTenant[];
  /** Binds the selector and the tenants: sent back, exactly these are hit or none. */
  match: string;
  /** ISO 8601; when the look for images began. Null when none are named. */
  asOf: string | null;
}

/** Who runs the images of a selector, and the preview that found it out. */
export interface KnownImages {
  previewId: string;
  findings: ImageFindings;
}

/** Of a tenant `t`: plan, labels, ids and who runs the images; null: any. */
const MEANT = `t.deleted_at IS NULL AND ($1::text IS NULL OR t.plan_id = $1) AND ($2::jsonb IS NULL OR t.labels @> $2)
  AND ($3::uuid[] IS NULL OR t.id = ANY($3)) AND ($4::uuid[] IS NULL OR t.id = ANY($4))`;

/** More at once than anybody can look through. */
const MOST_TENANTS = 10_000;

/**
 * The tenants that a selector means, by slug.
 * @param lock whether they stay as they are until the transaction ends
 * @param images who runs the images that the selector names; null when it names none
 * @throws `request.invalid` for an id that is none, and when they are too many
 */
export async function blastRadius(
  manager: EntityManager,
  selector: TenantSelector,
  { lock, images }: { lock: boolean; images: KnownImages | null },
): Promise<BlastRadius> {
  const ids = selector.tenants?.map((id) => uuidOf('tenant', id) ?? '') ?? null;
  const running = new Map(images?.findings.tenants.map(({ id, ...runs }) => [id, runs]));
  const values = [
    ...[selector.plan ?? null, labelsOf(selector), ids?.filter((id) => id !== '') ?? null],
    images === null ? null : [...running.keys()].map((id) => uuidOf('tenant', id)),
  ];
  // In one order by everybody, so that two emergencies wait for each other and do not die of it; and in a statement of
  // its own, because one that waited would see the holds as they were before.
  if (lock) await manager.query(`SELECT t.id FROM tenants t WHERE ${MEANT} ORDER BY t.id FOR UPDATE`, values);
  const rows = await manager.query<Omit<HitTenant, 'runs'>[]>(
    `SELECT t.id, t.slug, t.display_name AS "displayName", t.plan_id AS plan, t.phase,
       ARRAY(SELECT e.namespace FROM environments e WHERE e.tenant_id = t.id ORDER BY e.position) AS namespaces,
       CASE WHEN t.deletion_requested_at IS NOT NULL THEN 'deleting'
         WHEN EXISTS (SELECT 1 FROM holds h WHERE h.tenant_id = t.id AND h.lifted_at IS NULL
           AND h.source = 'security' AND h.effect = 'quarantine') THEN 'quarantined' END AS skipped
     FROM tenants t WHERE ${MEANT} ORDER BY t.id LIMIT ${MOST_TENANTS + 1}`,
    values,
  );
  refuseStrangers(selector, ids, new Set(rows.map(({ id }) => id)));
  if (rows.length > MOST_TENANTS) throw invalidField('/selector', `More than ${MOST_TENANTS} tenants are meant.`);
  const tenants = rows
    .map((row) => ({ ...row, id: idOf('tenant', row.id), runs: running.get(idOf('tenant', row.id)) ?? null }))
    .sort((a, b) => (a.slug < b.slug ? -1 : 1));
  const match = matchOf(selector, tenants);
  const asOf = images?.findings.asOf ?? null;
  return { tenants, asOf, match: images === null ? match : `${images.previewId}.${match}` };
}

/** With other criteria beside them, ids that are not met may only not meet those; by themselves they are mistakes. */
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
