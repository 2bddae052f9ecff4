import { newId, type Page, pageOf, type PageRequest, type Transaction, uuidOf } from '#persistence';
import { DomainError, fieldError, invalidField } from '#problems';
import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { type EntityManager, IsNull, LessThan, type Repository } from 'typeorm';

import { formatApiKey, hashSecret, newSecret } from './api-key-format.js';
import { ApiKey } from './api-key.entity.js';
import { grantOf } from './grant-of-role.js';
import { type Permission } from './permission.js';
import { type Grant } from './principal.js';
import { Role } from './role.entity.js';
import { builtInRole } from './roles.js';
import { isUsable } from './usable-key.js';

/** Input for a new key, which has either a role or permissions of its own. */
export interface NewApiKey {
  /** Name for humans. */
  name: string;
  role: string | null;
  permissions: readonly Permission[] | null;
  /** The only tenant that it reaches; null: not bound to one. */
  tenantId: string | null;
  /** Ranges of addresses from which it can be used; empty: any. */
  allowedCidrs: readonly string[];
  /** Null if the key never expires. */
  expiresInDays: number | null;
  /** The principal that creates it; null: a command. */
  createdBy: string | null;
}

/** A key with its text, which cannot be retrieved later. */
export interface IssuedApiKey {
  key: ApiKey;
  text: string;
}

export interface ApiKeyFilter {
  tenantId?: string | undefined;
  /** True: only keys that can be used; false: only those that cannot. */
  active?: boolean | undefined;
}

const IS_ACTIVE = isUsable('key');

/** What a key is given, and for which tenants. */
interface GivenToKey extends Pick<NewApiKey, 'role' | 'tenantId'> {
  permissions: readonly string[] | null;
}

/** Issues, rotates and revokes API keys. */
@Injectable()
export class ApiKeysService {
  constructor(@InjectRepository(ApiKey) private readonly keys: Repository<ApiKey>) {}

  /**
   * Returns what a key with this role or these permissions could do.
   * @throws `role.unknown`, `api_key.tenant_unknown`; `request.invalid` for a role of a tenant without a tenant
   */
  async grantOf({ manager }: Transaction, { role, permissions, tenantId }: GivenToKey): Promise<Grant> {
    const builtIn = role === null ? null : builtInRole(role);
    const defined = role === null || builtIn !== null ? null : await manager.findOneBy(Role, { name: role });
    if (role !== null && builtIn === null && defined === null) {
      throw fieldError('role.unknown', '/role', `There is no role "${role}".`);
    }
    if (builtIn?.reach === 'tenant' && tenantId === null) {
      throw invalidField('/tenantId', `A key with the role "${role ?? ''}" is bound to a tenant: name it.`);
    }
    if (tenantId !== null && !(await hasTenant(manager, tenantId))) {
      throw fieldError('api_key.tenant_unknown', '/tenantId', `There is no tenant "${tenantId}".`);
    }
    const tenantIds = tenantId === null ? null : [tenantId];
    return grantOf({ role, permissions, tenantIds }, defined?.permissions ?? []);
  }

  /** Creates a key for which `grantOf` found no fault. */
  async create({ manager }: Transaction, input: NewApiKey): Promise<IssuedApiKey> {
    const { expiresInDays, permissions, allowedCidrs, ...given } = input;
    const [id, secret] = [newId('key'), newSecret()];
    const [row] = await manager.query<{ now: Date; expiresAt: Date | null }[]>(
      `SELECT now(), now() + $1::int * interval '1 day' AS "expiresAt"`,
      [expiresInDays],
    );
    const key = manager.create(ApiKey, {
      ...given,
      id,
      permissions: permissions === null ? null : [...permissions],
      allowedCidrs: [...allowedCidrs],
      secretHash: hashSecret(secret),
      previousSecretHash: null,
      previousValidUntil: null,
      expiresAt: row?.expiresAt ?? null,
      rotatedAt: null,
      revokedAt: null,
      revokedBy: null,
      lastUsedAt: null,
    });
    await manager.insert(ApiKey, key);
    return { key, text: formatApiKey({ id, secret }) };
  }

  /**
   * Gives a key another secret. The old one works for so many seconds more, the one before it no longer.
   * @throws `api_key.not_found`, `api_key.inactive`
   */
  async rotate({ manager }: Transaction, id: string, overlapSeconds: number): Promise<IssuedApiKey> {
    const key = await this.lock({ manager }, id);
    const secret = newSecret();
    const [changed] = await manager.query<[{ rotatedAt: Date; previousValidUntil: Date }[], number]>(
      `UPDATE api_keys SET secret_hash = $2, previous_secret_hash = secret_hash, rotated_at = now(),
         previous_valid_until = now() + $3::int * interval '1 second'
       WHERE id = $1 RETURNING rotated_at AS "rotatedAt", previous_valid_until AS "previousValidUntil"`,
      [uuidOf('key', id), hashSecret(secret), overlapSeconds],
    );
    return { key: Object.assign(key, changed[0]), text: formatApiKey({ id, secret }) };
  }

  /**
   * Revokes a key immediately, on every process.
   * @param by the principal who asked; null: a command
   * @returns false if it was revoked before, which changes nothing
   * @throws `api_key.not_found`
   */
  async revoke({ manager }: Transaction, id: string, by: string | null): Promise<boolean> {
    await this.get(id);
    const set = { revokedAt: () => 'now()', revokedBy: by };
    const { affected } = await manager.update(ApiKey, { id, revokedAt: IsNull() }, set);
    return affected === 1;
  }

  /** @throws `api_key.not_found` */
  async get(id: string): Promise<ApiKey> {
    return this.read({ manager: this.keys.manager }, id);
  }

  /**
   * Like `get`, as the transaction sees it.
   * @throws `api_key.not_found`
   */
  async read({ manager }: Pick<Transaction, 'manager'>, id: string): Promise<ApiKey> {
    const key = uuidOf('key', id) === null ? null : await manager.findOneBy(ApiKey, { id });
    if (key === null) throw apiKeyNotFound(id);
    return key;
  }

  /** Lists keys, newest first. An invalid tenant id matches none. */
  async list({ tenantId, active }: ApiKeyFilter, { limit, after }: PageRequest): Promise<Page<ApiKey>> {
    if (tenantId !== undefined && uuidOf('tenant', tenantId) === null) return { items: [], next: null };
    const query = this.keys
      .createQueryBuilder('key')
      .orderBy('key.id', 'DESC')
      .take(limit + 1);
    if (after !== null) query.andWhere({ id: LessThan(after) });
    if (tenantId !== undefined) query.andWhere({ tenantId });
    if (active !== undefined) query.andWhere(active ? IS_ACTIVE : `NOT ${IS_ACTIVE}`);
    return pageOf(await query.getMany(), limit, ({ id }) => id);
  }

  /** @throws `api_key.not_found`, `api_key.inactive` */
  private async lock({ manager }: Pick<Transaction, 'manager'>, id: string): Promise<ApiKey> {
    await this.get(id);
    const key = await manager
      .createQueryBuilder(ApiKey, 'key')
      .setLock('pessimistic_write')
      .where({ id })
      .andWhere(IS_ACTIVE)
      .getOne();
    if (key !== null) return key;
    throw new DomainError('api_key.inactive', `The API key "${id}" is revoked or has expired. Create another one.`);
  }
}

async function hasTenant(manager: EntityManager, tenantId: string): Promise<boolean> {
  const uuid = uuidOf('tenant', tenantId);
  if (uuid === null) return false;
  const text = 'SELECT id FROM tenants WHERE id = $1 AND deleted_at IS NULL';
  return (await manager.query<unknown[]>(text, [uuid])).length > 0;
}

function apiKeyNotFound(id: string): DomainError {
  return new DomainError('api_key.not_found', `There is no API key "${id}".`);
}
