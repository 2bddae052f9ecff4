import { type DynamicModule, Module, type Provider } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';

import { ChangeFeed } from './change-feed.js';
import { ChangeSignals } from './change-signals.js';
import { Cluster } from './cluster.entity.js';
import { ClustersService } from './clusters.service.js';
import { DeletionCertificateRecord } from './deletion-certificate.entity.js';
import { DeletionCertificatesService } from './deletion-certificates.service.js';
import { DriftService } from './drift.service.js';
import { Environment } from './environment.entity.js';
import { OperationControl } from './operation-control.js';
import { Hold } from './hold.entity.js';
import { HoldsService } from './holds.service.js';
import { Host } from './host.entity.js';
import { HostsService } from './hosts.service.js';
import { IsolationCheck } from './isolation-check.entity.js';
import { IsolationChecksService } from './isolation-checks.service.js';
import { Operation } from './operation.entity.js';
import { OperationsService } from './operations.service.js';
import { PlansModule } from './plans.module.js';
import { Quarantine } from './quarantine.entity.js';
import { QuarantinesService } from './quarantines.service.js';
import { SigningKeyRecord } from './signing-key.entity.js';
import { SuspendedWorkload } from './suspended-workload.entity.js';
import { TenantObject } from './tenant-object.entity.js';
import { Preview } from './preview.entity.js';
import { PreviewsService } from './previews.service.js';
import { TenantDrift } from './tenant-drift.entity.js';
import { WantedTenants } from './tenant-as-wanted.js';
import { TenantChanges } from './tenant-changes.js';
import { TenantDeletions } from './tenant-deletions.service.js';
import { TenantReader } from './tenant-reader.js';
import { TenantWriter } from './tenant-writer.js';
import { Tenant } from './tenant.entity.js';
import { TenantsService } from './tenants.service.js';
import { Wakeups } from './wakeups.js';

const entities = [
  ...[Cluster, DeletionCertificateRecord, Environment, Hold, Host, IsolationCheck, Operation, Preview, Quarantine],
  ...[SigningKeyRecord, SuspendedWorkload, Tenant, TenantDrift, TenantObject],
];

/** Provides the domain: plans, tenants and operations. */
@Module({})
export class TenancyModule {
  /** @param wakeups provider of `Wakeups`, which accesses the queue. */
  static forRoot(wakeups: Provider, imports: NonNullable<DynamicModule['imports']>): DynamicModule {
    const services = [
      ...[ClustersService, HostsService, IsolationChecksService, QuarantinesService],
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
