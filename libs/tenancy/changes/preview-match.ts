import { type Transaction } from '#persistence';
import { DomainError } from '#problems';
import { Preview } from '#questions';

/**
 * Demands that a change is the one that was previewed: same tenant in the same generation, same plan version, same body.
 * @param demanded the token that the caller sent.
 * @param current the token that a preview of this change would have now.
 * @throws `precondition.preview_stale`
 */
export async function demandPreview(
  { manager }: Transaction,
  tenantId: string,
  demanded: string,
  current: string,
): Promise<void> {
  const known = { kind: 'tenant', subject: tenantId, state: 'succeeded', token: demanded } as const;
  if (demanded === current && (await manager.existsBy(Preview, known))) return;
  const detail =
    'This is not the change that was previewed: the tenant, the plan or the body is another one, or the preview is ' +
    'older than a day.';
  throw new DomainError('precondition.preview_stale', detail);
}
