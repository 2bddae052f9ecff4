import { newId, type Row, rowReader, Statements, type Transaction, uuidOf } from '#persistence';
import { Injectable, Logger } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { IsNull, type Repository } from 'typeorm';

import { formatApiKey, hashSecret, matchesHash, newSecret, parseApiKey } from './api-key-format.js';
import { ApiKey } from './api-key.entity.js';
import { type Role } from './permission.js';
import { SharedLookups } from './shared-lookups.js';

/** Who is calling. */
export interface Principal {
  /** Stable id, as written on operations: `key_…`. */
  id: string;
  role: Role;
}

/** What is said of a key when it is made. */
export interface NewApiKey {
  /** For people. */
  name: string;
  role: Role;
  /** Null: never. */
  expiresAt: Date | null;
}

const LAST_USED_RESOLUTION_MS = 60_000;

// Every request begins with it.
const READ = 'SELECT * FROM api_keys WHERE id = $1';

/** Issues and verifies API keys. */
@Injectable()
export class ApiKeysService {
  private readonly logger = new Logger(ApiKeysService.name);

  private readonly stored = new SharedLookups((id) => this.find(id));
  private readonly toKey: (row: Row) => ApiKey;

  constructor(
    @InjectRepository(ApiKey) private readonly keys: Repository<ApiKey>,
    private readonly statements: Statements,
  ) {
    this.toKey = rowReader(keys.manager.dataSource, ApiKey);
  }

  /** Makes a key and returns its id and its text, which cannot be had again. */
  async create({ manager }: Transaction, input: NewApiKey): Promise<{ id: string; text: string }> {
    const [id, secret] = [newId('key'), newSecret()];
    const { name, role, expiresAt } = input;
    await manager.insert(ApiKey, { id, name, role, expiresAt, secretHash: hashSecret(secret) });
    return { id, text: formatApiKey({ id, secret }) };
  }

  /** Ends a key at once; false when there is no such key, or it was revoked before. */
  async revoke({ manager }: Transaction, id: string): Promise<boolean> {
    if (uuidOf('key', id) === null) return false;
    const { affected } = await manager.update(ApiKey, { id, revokedAt: IsNull() }, { revokedAt: new Date() });
    return affected === 1;
  }

  /** The principal of a key; null when the key is malformed, unknown, expired or revoked. */
  async verify(text: string): Promise<Principal | null> {
    const parsed = parseApiKey(text);
    const key = parsed === null ? null : await this.stored.get(parsed.id);
    if (parsed === null || key === null || !matchesHash(parsed.secret, key.secretHash)) return null;
    const now = new Date();
    if (key.revokedAt !== null || (key.expiresAt !== null && key.expiresAt <= now)) return null;
    this.noteUse(key, now);
    return { id: key.id, role: key.role };
  }

  /** Whether the key with this id can still be used: for what was begun with it and lasts. */
  async isValid(id: string): Promise<boolean> {
    const key = await this.keys.findOneBy({ id, revokedAt: IsNull() });
    return key !== null && (key.expiresAt === null || key.expiresAt > new Date());
  }

  private async find(id: string): Promise<ApiKey | null> {
    const [row] = await this.statements.run<Row>('read-api-key', READ, [uuidOf('key', id)]);
    return row === undefined ? null : this.toKey(row);
  }

  private noteUse(key: ApiKey, now: Date): void {
    if (key.lastUsedAt !== null && now.getTime() - key.lastUsedAt.getTime() < LAST_USED_RESOLUTION_MS) return;
    // Others may hold the same row, and one note is enough.
    key.lastUsedAt = now;
    this.keys.update({ id: key.id }, { lastUsedAt: now }).catch((error: unknown) => {
      this.logger.warn({ err: error }, 'the last use of an API key was not noted');
    });
  }
}
