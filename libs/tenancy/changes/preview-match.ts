import { createHash } from 'node:crypto';

import { type Transaction } from '#persistence';
import { DomainError } from '#problems';
import { Question, type QuestionKind } from '#questions';
import canonicalize from 'canonicalize';

/**
 * Returns the token of a previewed change that is none of the tenant's own fields: SHA-256 over the tenant, its generation
 * and the change, as canonical JSON (RFC 8785). Each change of what belongs to a tenant raises its generation.
 */
export function changeToken({ id, generation }: { id: string; generation: number }, change: object): string {
  // Through JSON: a preview keeps times as texts.
  const bound = JSON.parse(JSON.stringify({ tenant: id, generation, change })) as object;
  return createHash('sha256')
    .update(canonicalize(bound) ?? '')
    .digest('base64url');
}

/**
 * Requires a change to be the previewed one: same tenant at the same generation, same plan version, same body.
 * @param demanded the token sent by the caller.
 * @param current the token that a preview of this change would get now.
 * @throws `precondition.preview_stale`
 */
export async function demandPreview(
  { manager }: Transaction,
  tenantId: string,
  demanded: string,
  current: string,
  kind: QuestionKind = 'tenant',
): Promise<void> {
  const known = { kind, subject: tenantId, state: 'succeeded', token: demanded } as const;
  if (demanded === current && (await manager.existsBy(Question, known))) return;
  const detail =
    'This is not the previewed change: the tenant, the plan or the body differs, or the preview is older than a day. ' +
    'Preview the change again.';
  throw new DomainError('precondition.preview_stale', detail);
}
