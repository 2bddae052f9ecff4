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
  expiresInDays: number | null;
}

const LAST_USED_RESOLUTION = '1 minute';

/** The clock of Postgres decides when a key expires: those of the processes can differ. */
const IS_VALID = 'revoked_at IS NULL AND (expires_at IS NULL OR expires_at > now())';

/** A key that is neither revoked nor expired. */
interface ValidKey {
  key: ApiKey;
  /** Whether its last use is recorded, as exactly as it is ever recorded. */
  isUseKnown: boolean;
}

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

  /** Creates a key. Returns its id, when it expires, and its text, which cannot be retrieved later. */
  async create(
    { manager }: Transaction,
    { name, role, expiresInDays }: NewApiKey,
  ): Promise<{ id: string; expiresAt: Date | null; text: string }> {
    const [id, secret] = [newId('key'), newSecret()];
    const [row] = await manager.query<{ expiresAt: Date | null }[]>(
      `SELECT now() + $1::int * interval '1 day' AS "expiresAt"`,
      [expiresInDays],
    );
    const expiresAt = row?.expiresAt ?? null;
    await manager.insert(ApiKey, { id, name, role, expiresAt, secretHash: hashSecret(secret) });
    return { id, expiresAt, text: formatApiKey({ id, secret }) };
  }

  /** Revokes a key immediately; false if it does not exist or was already revoked. */
  async revoke({ manager }: Transaction, id: string): Promise<boolean> {
    if (uuidOf('key', id) === null) return false;
    const { affected } = await manager.update(ApiKey, { id, revokedAt: IsNull() }, { revokedAt: () => 'now()' });
    return affected === 1;
  }

  /** Returns the principal of a key; null if the key is malformed, unknown, expired or revoked. */
  async verify(text: string): Promise<Principal | null> {
    const parsed = parseApiKey(text);
    const found = parsed === null ? null : await this.stored.get(parsed.id);
    if (parsed === null || found === null || !matchesHash(parsed.secret, found.key.secretHash)) return null;
    this.noteUse(found);
    return { id: found.key.id, role: found.key.role };
  }

  /** Reports whether a key is still valid. For requests that outlive their authentication, such as event streams. */
  async isValid(id: string): Promise<boolean> {
    return (await this.find(id)) !== null;
  }

  /** Runs for every request. */
  private async find(id: string): Promise<ValidKey | null> {
    const text = `SELECT ${this.rows.columns('k')}, last_used_at > now() - interval '${LAST_USED_RESOLUTION}' AS "isUseKnown"
      FROM api_keys k WHERE k.id = $1 AND ${IS_VALID}`;
    const [row] = await this.statements.run<Row>('read-api-key', text, [uuidOf('key', id)]);
    return row === undefined ? null : { key: this.rows.read(row), isUseKnown: row['isUseKnown'] === true };
  }

  private noteUse(found: ValidKey): void {
    if (found.isUseKnown) return;
    // Concurrent requests can share this row; one update is enough.
    found.isUseKnown = true;
    this.keys.update({ id: found.key.id }, { lastUsedAt: () => 'now()' }).catch((error: unknown) => {
      this.logger.warn({ err: error }, 'failed to record the last use of an API key');
    });
  }
}
