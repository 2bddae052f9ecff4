import { type DeletionCertificate, type PublicJwk } from '#certificates';
import { DomainError } from '#problems';
import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { type Repository } from 'typeorm';

import { TenantsService } from '../changes/tenants.service.js';
import { DeletionCertificateRecord } from './deletion-certificate.entity.js';
import { SigningKeyRecord } from './signing-key.entity.js';

/** Reads the certificates of deleted tenants. */
@Injectable()
export class DeletionCertificatesService {
  constructor(
    @InjectRepository(DeletionCertificateRecord) private readonly certificates: Repository<DeletionCertificateRecord>,
    @InjectRepository(SigningKeyRecord) private readonly keys: Repository<SigningKeyRecord>,
    private readonly tenants: TenantsService,
  ) {}

  /** @throws `tenant.not_found`, `certificate.unavailable` */
  async get(tenantId: string): Promise<DeletionCertificate> {
    const tenant = await this.tenants.get(tenantId);
    if (tenant.deletedAt === null) throw unavailable(`The tenant "${tenant.slug}" is not deleted.`);
    const record = await this.certificates.findOneBy({ tenantId });
    if (record === null) throw unavailable(`The tenant "${tenant.slug}" was deleted before certificates existed.`);
    const { statement, keyId, jws } = record;
    if (keyId === null || jws === null) {
      throw unavailable('The certificate is not signed yet: no worker has a BULKHEAD_SIGNING_KEY.');
    }
    return { statement, keyId, jws };
  }

  /** Returns all keys that have signed or can sign certificates, oldest first. */
  async publicKeys(): Promise<PublicJwk[]> {
    const records = await this.keys.find({ order: { createdAt: 'ASC', id: 'ASC' } });
    return records.map(({ publicJwk }) => publicJwk);
  }
}

function unavailable(detail: string): DomainError {
  return new DomainError('certificate.unavailable', detail);
}
