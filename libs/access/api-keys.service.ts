import { newId, type Row, RowReader, Statements, type Transaction, uuidOf } from '#persistence';
import { Injectable, Logger } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { IsNull, type Repository } from 'typeorm';

import { formatApiKey, hashSecret, matchesHash, newSecret, parseApiKey } from './api-key-format.js';
import { ApiKey } from './api-key.entity.js';
import { type Role } from './permission.js';
import { SharedLookups } from './shared-lookups.js';

/** An authenticated caller. */
export interface Principal {
  /** Stable id, as recorded on operations: `key_…`. */
  id: string;
  role: Role;
}

/** Input for a new key. */
export interface NewApiKey {
  /** Name for humans. */
  name: string;
  role: Role;
  /** Null if the key never expires. */
  expiresAt: Date | null;
}

const LAST_USED_RESOLUTION_MS = 60_000;

/** Issues and verifies API keys. */
@Injectable()
export class ApiKeysService {
  private readonly logger = new Logger(ApiKeysService.name);

  private readonly stored = new SharedLookups((id) => this.find(id));
  private readonly rows: RowReader<ApiKey>;

  constructor(
    @InjectRepository(ApiKey) private readonly keys: Repository<ApiKey>,
    private readonly statements: Statements,
  ) {
    this.rows = new RowReader(keys.manager.dataSource, ApiKey);
  }

  /** Creates a key. Returns its id and its text, which cannot be retrieved later. */
  async create({ manager }: Transaction, input: NewApiKey): Promise<{ id: string; text: string }> {
    const [id, secret] = [newId('key'), newSecret()];
    const { name, role, expiresAt } = input;
    await manager.insert(ApiKey, { id, name, role, expiresAt, secretHash: hashSecret(secret) });
    return { id, text: formatApiKey({ id, secret }) };
  }

  /** Revokes a key immediately; false if it does not exist or was already revoked. */
  async revoke({ manager }: Transaction, id: string): Promise<boolean> {
    if (uuidOf('key', id) === null) return false;
    const { affected } = await manager.update(ApiKey, { id, revokedAt: IsNull() }, { revokedAt: new Date() });
    return affected === 1;
  }

  /** Returns the principal of a key; null if the key is malformed, unknown, expired or revoked. */
  async verify(text: string): Promise<Principal | null> {
    const parsed = parseApiKey(text);
    const key = parsed === null ? null : await this.stored.get(parsed.id);
    if (parsed === null || key === null || !matchesHash(parsed.secret, key.secretHash)) return null;
    const now = new Date();
    if (key.revokedAt !== null || (key.expiresAt !== null && key.expiresAt <= now)) return null;
    this.noteUse(key, now);
    return { id: key.id, role: key.role };
  }

  /** Reports whether a key is still valid. For requests that outlive their authentication, such as event streams. */
  async isValid(id: string): Promise<boolean> {
    const key = await this.keys.findOneBy({ id, revokedAt: IsNull() });
    return key !== null && (key.expiresAt === null || key.expiresAt > new Date());
  }

  /** Runs for every request. */
  private async find(id: string): Promise<ApiKey | null> {
    const text = `SELECT ${this.rows.columns('k')} FROM api_keys k WHERE k.id = $1`;
    const [row] = await this.statements.run<Row>('read-api-key', text, [uuidOf('key', id)]);
    return row === undefined ? null : this.rows.read(row);
  }

  private noteUse(key: ApiKey, now: Date): void {
    if (key.lastUsedAt !== null && now.getTime() - key.lastUsedAt.getTime() < LAST_USED_RESOLUTION_MS) return;
    // Concurrent requests can share this row; one update is enough.
    key.lastUsedAt = now;
    this.keys.update({ id: key.id }, { lastUsedAt: now }).catch((error: unknown) => {
      this.logger.warn({ err: error }, 'failed to record the last use of an API key');
    });
  }
}
