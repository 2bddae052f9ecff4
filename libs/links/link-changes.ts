import { type Transaction } from '#persistence';
import { TenantChanges } from '#tenancy';
import { Injectable } from '@nestjs/common';
import { type EntityManager } from 'typeorm';

import { type LinkEnd, type LinkSide, linkSides } from './link-status.js';

/** A link, locked together with both its tenants. Ids are uuids, as everywhere in this file. */
export interface LockedLink {
  id: string;
  providerId: string;
  consumerId: string;
  providerTold: boolean;
  consumerTold: boolean;
}

/** By whom and why a link is ended. */
export interface Ending {
  by: string;
  reason: LinkEnd;
}

/**
 * Locks the tenants of a link and then the link. Every change of a link uses this order, so that concurrent changes
 * cannot deadlock.
 * @returns null if there is no such link or it has ended
 */
export async function lockLink(manager: EntityManager, id: string | null): Promise<LockedLink | null> {
  await manager.query(
    `SELECT t.id FROM tenants t JOIN links l ON t.id IN (l.provider_tenant_id, l.consumer_tenant_id)
     WHERE l.id = $1 ORDER BY t.id FOR UPDATE OF t`,
    [id],
  );
  const [link] = await manager.query<LockedLink[]>(
    `SELECT id, provider_tenant_id AS "providerId", consumer_tenant_id AS "consumerId",
       provider_told AS "providerTold", consumer_told AS "consumerTold"
     FROM links WHERE id = $1 AND ended_at IS NULL FOR UPDATE`,
    [id],
  );
  return link ?? null;
}

/** Changes of locked links, and of their tenants with them. What closes a link does not wait behind anything else. */
@Injectable()
export class LinkChanges {
  constructor(private readonly changes: TenantChanges) {}

  /** Ends a link. Each side that was opened gets a change and an operation; tenants being deleted are skipped. */
  async end(transaction: Transaction, link: LockedLink, { by, reason }: Ending): Promise<void> {
    await transaction.manager.query(
      `UPDATE links SET ended_at = now(), ended_by = $2, end_reason = $3, revision = revision + 1,
         provider_in_force_at = NULL, consumer_in_force_at = NULL,
         -- What it exported is to be taken back at once.
         resolve_at = now(), failures = 0 WHERE id = $1`,
      [link.id, by, reason],
    );
    const sides = linkSides.filter((side) => link[`${side}Told`]);
    await this.notifySides(transaction, link, { sides, open: false, by });
  }

  /** Starts a change of the given sides, whose next pass opens or closes the link, and records it on the link. */
  async notifySides(
    transaction: Transaction,
    link: LockedLink,
    { sides, open, by }: { sides: readonly LinkSide[]; open: boolean; by: string },
  ): Promise<void> {
    if (sides.length === 0) return;
    const { manager } = transaction;
    const remaining = await manager.query<{ id: string }[]>(
      'SELECT id FROM tenants WHERE id = ANY($1::uuid[]) AND deletion_requested_at IS NULL',
      [sides.map((side) => link[`${side}Id`])],
    );
    const tenants = remaining.map(({ id }) => ({ id, by }));
    const changed = await this.changes.change(transaction, open ? 'link' : 'unlink', tenants, { urgent: !open });
    const operationOf = (side: LinkSide): string | null =>
      changed.find(({ id }) => id === link[`${side}Id`])?.operationId ?? null;
    const told = (side: LinkSide): boolean => (sides.includes(side) ? open : link[`${side}Told`]);
    await manager.query(
      `UPDATE links SET provider_told = $2, consumer_told = $3,
         provider_operation_id = coalesce($4, provider_operation_id),
         consumer_operation_id = coalesce($5, consumer_operation_id) WHERE id = $1`,
      [link.id, told('provider'), told('consumer'), operationOf('provider'), operationOf('consumer')],
    );
  }
}
