import {
  newId,
  type Page,
  pageOf,
  type PageRequest,
  type Row,
  RowReader,
  type Transaction,
  uuidOf,
} from '#persistence';
import { DomainError } from '#problems';
import { cutOff } from '#tenancy';
import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';

import { LinkChanges, lockLink } from './link-changes.js';
import { checkChangeable, checkProposal, type NewLink } from './link-proposal.js';
import { LINK_STATE, type LinkSide, linkSides, type LinkState } from './link-status.js';
import { Link } from './link.entity.js';

/** The caller and its permissions to consent. */
export interface LinkCaller {
  id: string;
  mayConsent: boolean;
  /** Whether the caller can consent for both sides. */
  mayConsentForBoth: boolean;
}

/** A link with its derived state. */
export interface LinkStatus {
  link: Link;
  state: LinkState;
  /** Whether the side is cut off, which closes the link on both sides. */
  cutOff: Record<LinkSide, boolean>;
}

export interface LinkFilter {
  /** Tenant on either side. */
  tenantId?: string | undefined;
  state?: LinkState | undefined;
}

/** @param columns those of the link `l` */
const select = (columns: string): string => `
  SELECT ${columns}, ${LINK_STATE} AS state, ${cutOff('p')} AS provider_cut_off, ${cutOff('c')} AS consumer_cut_off
  FROM links l JOIN tenants p ON p.id = l.provider_tenant_id JOIN tenants c ON c.id = l.consumer_tenant_id`;

/** Proposes links, records consents and revokes links. Workers open and close them. */
@Injectable()
export class LinksService {
  private readonly rows: RowReader<Link>;

  constructor(
    private readonly dataSource: DataSource,
    private readonly changes: LinkChanges,
  ) {
    this.rows = new RowReader(dataSource, Link);
  }

  /**
   * Proposes a link. Nothing is opened until both sides have consented.
   * @param consents sides for which the caller consents with the proposal
   * @throws those of `checkProposal`; `auth.forbidden`, `link.same_caller`
   */
  async propose(
    { manager }: Transaction,
    caller: LinkCaller,
    input: NewLink,
    consents: readonly LinkSide[],
  ): Promise<LinkStatus> {
    refuseConsents(caller, consents);
    await checkProposal(manager, input);
    const { provider, consumer, reason, expiresAt } = input;
    const id = newId('link');
    const consent = (side: LinkSide): { by: string; at: Date } | null =>
      consents.includes(side) ? { by: caller.id, at: new Date() } : null;
    await manager.insert(Link, {
      id,
      reason,
      expiresAt,
      createdBy: caller.id,
      providerTenantId: provider.tenantId,
      providerEnvironment: provider.environment,
      service: provider.service,
      ports: provider.ports.toSorted((a, b) => a - b),
      consumerTenantId: consumer.tenantId,
      consumerEnvironment: consumer.environment,
      serviceAccount: consumer.serviceAccount,
      providerConsentBy: consent('provider')?.by ?? null,
      providerConsentAt: consent('provider')?.at ?? null,
      consumerConsentBy: consent('consumer')?.by ?? null,
      consumerConsentAt: consent('consumer')?.at ?? null,
    });
    return this.read(manager, id);
  }

  /**
   * Consents for one side. The two consents must come from different callers, unless the caller can consent for both.
   * @throws `link.not_found`, `link.state_conflict`, `link.same_caller`, `auth.forbidden`, `tenant.deleting`,
   * `tenant.frozen`
   */
  async consent({ manager }: Transaction, caller: LinkCaller, id: string, side: LinkSide): Promise<LinkStatus> {
    refuseConsents(caller, [side]);
    const { link } = await this.lock(manager, id);
    if (link[`${side}ConsentAt`] !== null) {
      throw new DomainError('link.state_conflict', `The ${side} has already consented to the link "${id}".`);
    }
    const [other] = linkSides.filter((each) => each !== side).map((each) => link[`${each}ConsentBy`]);
    if (other === caller.id && !caller.mayConsentForBoth) throw sameCaller();
    await checkChangeable(manager, [link.providerTenantId, link.consumerTenantId]);
    await manager.query(
      `UPDATE links SET ${side}_consent_by = $2, ${side}_consent_at = now(), resolve_at = now() WHERE id = $1`,
      [uuidOf('link', id), caller.id],
    );
    return this.read(manager, id);
  }

  /**
   * Revokes a link at once, even between frozen tenants.
   * @throws `link.not_found`, `link.state_conflict` for an ended link
   */
  async revoke(transaction: Transaction, caller: LinkCaller, id: string): Promise<LinkStatus> {
    const { manager } = transaction;
    const locked = await lockLink(manager, uuidOf('link', id));
    if (locked === null) throw hasEnded(await this.read(manager, id));
    await this.changes.end(transaction, locked, { by: caller.id, reason: 'revoked' });
    return this.read(manager, id);
  }

  /** @throws `link.not_found` */
  async get(id: string): Promise<LinkStatus> {
    return this.read(this.dataSource.manager, id);
  }

  /** Lists links, newest first. */
  async list({ tenantId, state }: LinkFilter, { limit, after }: PageRequest): Promise<Page<LinkStatus>> {
    // An invalid id matches no tenant.
    const tenant = tenantId === undefined ? null : uuidOf('tenant', tenantId);
    if (tenantId !== undefined && tenant === null) return { items: [], next: null };
    const rows = await this.dataSource.query<Row[]>(
      `SELECT listed.* FROM (${select(this.rows.columns('l'))}
         WHERE ($1::uuid IS NULL OR $1 IN (l.provider_tenant_id, l.consumer_tenant_id))
           AND ($2::uuid IS NULL OR l.id < $2)) listed
       WHERE ($3::text IS NULL OR state = $3) ORDER BY id DESC LIMIT $4`,
      [tenant, after === null ? null : uuidOf('link', after), state ?? null, limit + 1],
    );
    return pageOf(
      rows.map((row) => this.toStatus(row)),
      limit,
      ({ link }) => link.id,
    );
  }

  /** @throws `link.not_found`, `link.state_conflict` if it has ended */
  private async lock(manager: EntityManager, id: string): Promise<LinkStatus> {
    const locked = await lockLink(manager, uuidOf('link', id));
    const status = await this.read(manager, id);
    if (locked === null) throw hasEnded(status);
    return status;
  }

  private async read(manager: EntityManager, id: string): Promise<LinkStatus> {
    const [row] = await manager.query<Row[]>(`${select(this.rows.columns('l'))} WHERE l.id = $1`, [uuidOf('link', id)]);
    if (row === undefined) throw new DomainError('link.not_found', `There is no link "${id}".`);
    return this.toStatus(row);
  }

  private toStatus(row: Row): LinkStatus {
    const { state, provider_cut_off: provider, consumer_cut_off: consumer } = row;
    return {
      link: this.rows.read(row),
      state: state as LinkState,
      cutOff: { provider: provider === true, consumer: consumer === true },
    };
  }
}

/** @throws `auth.forbidden`, `link.same_caller` */
function refuseConsents({ mayConsent, mayConsentForBoth }: LinkCaller, sides: readonly LinkSide[]): void {
  if (sides.length > 0 && !mayConsent) throw new DomainError('auth.forbidden', 'The caller cannot consent to links.');
  if (sides.length > 1 && !mayConsentForBoth) throw sameCaller();
}

function sameCaller(): DomainError {
  return new DomainError(
    'link.same_caller',
    'The caller has already consented for one side; a different caller must consent for the other.',
  );
}

function hasEnded({ link, state }: LinkStatus): DomainError {
  return new DomainError('link.state_conflict', `The link "${link.id}" has ended (${state}).`);
}
