import { type DeletionStatement, SigningKey } from '#certificates';
import { idOf, jsonOf, uuidOf } from '#persistence';
import { Inject, Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';

import { type LeasedTenant } from '../lease/leased-tenant.js';
import { type DeletionEvidence } from '../pass/findings.js';
import { type StepLog } from '../pass/steps.js';
import { type DeletionRecord, statementOf } from './deletion-statement.js';

/** Injection token of the private key in PEM, or null. */
export const SIGNING_KEY = Symbol('SigningKey');

const BATCH = 100;

/**
 * Issues signed deletion certificates. Without a key the statement is stored unsigned, because what was seen can never
 * be seen again; the first worker that has a key signs it.
 */
@Injectable()
export class DeletionCertificates implements OnApplicationBootstrap {
  private readonly logger = new Logger(DeletionCertificates.name);
  private readonly key: Promise<SigningKey> | null;

  constructor(
    private readonly dataSource: DataSource,
    @Inject(SIGNING_KEY) pem: string | null,
  ) {
    this.key = pem === null ? null : SigningKey.fromPem(pem);
  }

  async onApplicationBootstrap(): Promise<void> {
    const key = await this.key;
    if (key === null) {
      this.logger.warn('no BULKHEAD_SIGNING_KEY: deletion certificates stay unsigned until a worker has one');
      return;
    }
    // Published before its first signature, so that verifiers can already fetch it.
    await publish(this.dataSource.manager, key);
    while ((await this.signOlder(key)) === BATCH);
  }

  /** Stores the certificate of a deleted tenant, in the transaction that records the deletion. */
  async issue(
    manager: EntityManager,
    tenant: LeasedTenant,
    { evidence, steps }: { evidence: DeletionEvidence | null; steps: StepLog },
  ): Promise<void> {
    if (evidence === null) throw new Error('the deletion ended without a search of the cluster');
    const record = await readRecord(manager, tenant);
    const statement = statementOf(tenant, evidence, steps, record);
    const key = await this.key;
    if (key !== null) await publish(manager, key);
    await manager.query(
      `INSERT INTO deletion_certificates (tenant_id, statement, key_id, jws) VALUES ($1, $2::jsonb, $3, $4)
       ON CONFLICT ON CONSTRAINT deletion_certificates_pkey DO NOTHING`,
      [
        uuidOf('tenant', tenant.id),
        jsonOf(statement),
        key === null ? null : key.id,
        key === null ? null : await key.sign(statement),
      ],
    );
  }

  /** The key, published; null if this worker has none. */
  async signingKey(): Promise<SigningKey | null> {
    const key = await this.key;
    if (key !== null) await publish(this.dataSource.manager, key);
    return key;
  }

  private async signOlder(key: SigningKey): Promise<number> {
    return this.dataSource.transaction(async (manager) => {
      const rows = await manager.query<{ id: string; statement: DeletionStatement }[]>(
        `SELECT tenant_id AS id, statement FROM deletion_certificates
         WHERE jws IS NULL LIMIT ${BATCH} FOR UPDATE SKIP LOCKED`,
      );
      for (const { id, statement } of rows) {
        await manager.query('UPDATE deletion_certificates SET key_id = $2, jws = $3 WHERE tenant_id = $1', [
          id,
          key.id,
          await key.sign(statement),
        ]);
      }
      return rows.length;
    });
  }
}

async function readRecord(manager: EntityManager, tenant: LeasedTenant): Promise<DeletionRecord> {
  const [row] = await manager.query<DeletionRecord[]>(
    `SELECT t.external_id AS "externalId", o.id AS "operationId", now() AS "finishedAt",
       coalesce(t.deletion_scheduled_at, t.deletion_requested_at) AS "requestedAt",
       coalesce(t.deletion_scheduled_by, o.requested_by, 'unknown') AS "requestedBy",
       t.deletion_requested_at AS "startedAt"
     FROM tenants t LEFT JOIN operations o ON o.tenant_id = t.id AND o.kind = 'delete' AND o.generation = t.generation
     WHERE t.id = $1`,
    [uuidOf('tenant', tenant.id)],
  );
  if (row === undefined) throw new Error('the leased tenant is not in the database');
  return { ...row, operationId: row.operationId === null ? null : idOf('op', row.operationId) };
}

async function publish(manager: EntityManager, { id, publicJwk }: SigningKey): Promise<void> {
  await manager.query('INSERT INTO signing_keys (id, public_jwk) VALUES ($1, $2::jsonb) ON CONFLICT DO NOTHING', [
    id,
    jsonOf(publicJwk),
  ]);
}
