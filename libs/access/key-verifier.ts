import { type Row, RowReader, Statements, uuidOf } from '#persistence';
import { DomainError } from '#problems';
import { Injectable, Logger } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import ipaddr from 'ipaddr.js';
import { type Repository } from 'typeorm';

import { matchesHash, parseApiKey } from './api-key-format.js';
import { ApiKey } from './api-key.entity.js';
import { grantOf } from './grant-of-role.js';
import { type Caller } from './principal.js';
import { SharedLookups } from './shared-lookups.js';
import { isUsable } from './usable-key.js';

const LAST_USED_RESOLUTION = '1 minute';

interface ValidKey {
  key: ApiKey;
  caller: Caller;
  /** Whether the secret before the last rotation is still valid. */
  isPreviousValid: boolean;
  /** Whether its last use is recorded, as exactly as it is ever recorded. */
  isUseKnown: boolean;
}

/** Verifies API keys, for every request. */
@Injectable()
export class KeyVerifier {
  private readonly logger = new Logger(KeyVerifier.name);
  private readonly stored = new SharedLookups((id) => this.find(id));
  private readonly rows: RowReader<ApiKey>;

  constructor(
    @InjectRepository(ApiKey) private readonly keys: Repository<ApiKey>,
    private readonly statements: Statements,
  ) {
    this.rows = new RowReader(keys.manager.dataSource, ApiKey);
  }

  /**
   * Returns the caller with a key; null if the key is malformed, unknown, expired or revoked.
   * @param address of the caller
   * @throws `auth.forbidden` if the key cannot be used from this address
   */
  async verify(text: string, address: string): Promise<Caller | null> {
    const parsed = parseApiKey(text);
    const found = parsed === null ? null : await this.stored.get(parsed.id);
    if (parsed === null || found === null || !isSecretOf(found, parsed.secret)) return null;
    if (!isAllowed(found.key.allowedCidrs, address)) {
      throw new DomainError('auth.forbidden', `This API key cannot be used from ${address}.`);
    }
    this.noteUse(found);
    return found.caller;
  }

  private async find(id: string): Promise<ValidKey | null> {
    const text = `SELECT ${this.rows.columns('k')}, r.permissions AS "rolePermissions",
        k.previous_valid_until > now() AS "isPreviousValid",
        k.last_used_at > now() - interval '${LAST_USED_RESOLUTION}' AS "isUseKnown"
      FROM api_keys k LEFT JOIN roles r ON r.name = k.role WHERE k.id = $1 AND ${isUsable('k')}`;
    const [row] = await this.statements.run<Row>('read-api-key', text, [uuidOf('key', id)]);
    if (row === undefined) return null;
    const key = this.rows.read(row);
    return {
      key,
      caller: this.callerOf(key, (row['rolePermissions'] as string[] | null) ?? []),
      isPreviousValid: row['isPreviousValid'] === true,
      isUseKnown: row['isUseKnown'] === true,
    };
  }

  private callerOf({ id, name, role, permissions, tenantId }: ApiKey, defined: readonly string[]): Caller {
    const given = { role, permissions, tenantIds: tenantId === null ? null : [tenantId] };
    const now = async (): Promise<Caller | null> => (await this.find(id))?.caller ?? null;
    return {
      id,
      kind: 'key',
      name,
      email: null,
      user: null,
      expiresAt: null,
      now,
      isInvited: false,
      grants: [grantOf(given, defined)],
    };
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

function isSecretOf({ key, isPreviousValid }: ValidKey, secret: string): boolean {
  if (matchesHash(secret, key.secretHash)) return true;
  return isPreviousValid && key.previousSecretHash !== null && matchesHash(secret, key.previousSecretHash);
}

/** Reports whether an address is in one of the ranges; IPv4 in IPv6 notation counts as IPv4. */
export function isAllowed(cidrs: readonly string[], address: string): boolean {
  if (cidrs.length === 0) return true;
  if (!ipaddr.isValid(address)) return false;
  const given = ipaddr.process(address);
  return cidrs.some((cidr) => {
    const [range, bits] = ipaddr.parseCIDR(cidr);
    return range.kind() === given.kind() && given.match(range, bits);
  });
}
