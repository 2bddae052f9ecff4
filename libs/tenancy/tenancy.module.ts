import { type DynamicModule, Module, type Provider } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';

import { ChangeFeed } from './changes/change-feed.js';
import { ChangeSignals } from './changes/change-signals.js';
import { TenantChanges } from './changes/tenant-changes.js';
import { TenantWriter } from './changes/tenant-writer.js';
import { TenantsService } from './changes/tenants.service.js';
import { Wakeups } from './changes/wakeups.js';
import { Cluster } from './clusters/cluster.entity.js';
import { ClustersService } from './clusters/clusters.service.js';
import { DeletionCertificateRecord } from './deletions/deletion-certificate.entity.js';
import { DeletionCertificatesService } from './deletions/deletion-certificates.service.js';
import { SigningKeyRecord } from './deletions/signing-key.entity.js';
import { TenantDeletions } from './deletions/tenant-deletions.service.js';
import { DriftService } from './drift/drift.service.js';
import { TenantDrift } from './drift/tenant-drift.entity.js';
import { HoldsService } from './holds/holds.service.js';
import { QuarantinesService } from './holds/quarantines.service.js';
import { OperationControl } from './operations/operation-control.js';
import { OperationsService } from './operations/operations.service.js';
import { PlansModule } from './plans/plans.module.js';
import { PreviewsService } from './previews/previews.service.js';
import { Environment } from './tenants/environment.entity.js';
import { Hold } from './tenants/hold.entity.js';
import { Operation } from './tenants/operation.entity.js';
import { Quarantine } from './tenants/quarantine.entity.js';
import { SuspendedWorkload } from './tenants/suspended-workload.entity.js';
import { WantedTenants } from './tenants/tenant-as-wanted.js';
import { TenantObject } from './tenants/tenant-object.entity.js';
import { TenantReader } from './tenants/tenant-reader.js';
import { Tenant } from './tenants/tenant.entity.js';

const entities = [
  ...[Cluster, DeletionCertificateRecord, Environment, Hold, Operation, Quarantine],
  ...[SigningKeyRecord, SuspendedWorkload, Tenant, TenantDrift, TenantObject],
];

/** Provides the domain: plans, tenants and operations. */
@Module({})
export class TenancyModule {
  /** @param wakeups provider of `Wakeups`, which accesses the queue. */
  static forRoot(wakeups: Provider, imports: NonNullable<DynamicModule['imports']>): DynamicModule {
    const services = [
      ...[ClustersService, QuarantinesService],
      ...[ChangeFeed, ChangeSignals, DeletionCertificatesService, DriftService, HoldsService, OperationControl],
      ...[OperationsService, PreviewsService, TenantDeletions, TenantsService, WantedTenants],
    ];
    return {
      module: TenancyModule,
      imports: [TypeOrmModule.forFeature(entities), PlansModule, ...imports],
      providers: [...services, TenantChanges, TenantReader, TenantWriter, wakeups],
      exports: [...services, TenantChanges, PlansModule, Wakeups],
    };
  }
}
