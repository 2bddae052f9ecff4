import { type Transaction } from '#persistence';
import { DomainError } from '#problems';
import { Question } from '#questions';

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
): Promise<void> {
  const known = { kind: 'tenant', subject: tenantId, state: 'succeeded', token: demanded } as const;
  if (demanded === current && (await manager.existsBy(Question, known))) return;
  const detail =
    'This is not the previewed change: the tenant, the plan or the body differs, or the preview is older than a day. ' +
    'Preview the change again.';
  throw new DomainError('precondition.preview_stale', detail);
}
