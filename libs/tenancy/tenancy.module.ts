import { type DynamicModule, Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';

import { ChangeFeed } from './changes/change-feed.js';
import { ChangeSignals } from './changes/change-signals.js';
import { ChangesModule } from './changes/changes.module.js';
import { EnvironmentsService } from './changes/environments.service.js';
import { ExternalIds } from './changes/external-ids.service.js';
import { TenantsService } from './changes/tenants.service.js';
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
import { Invitation } from './members/invitation.entity.js';
import { InvitationsService } from './members/invitations.service.js';
import { MembersService } from './members/members.service.js';
import { OperationControl } from './operations/operation-control.js';
import { OperationsService } from './operations/operations.service.js';
import { PlansModule } from './plans/plans.module.js';
import { PreviewsService } from './previews/previews.service.js';
import { Environment } from './tenants/environment.entity.js';
import { Hold } from './tenants/hold.entity.js';
import { Operation } from './tenants/operation.entity.js';
import { Quarantine } from './tenants/quarantine.entity.js';
import { SuspendedWorkload } from './tenants/suspended-workload.entity.js';
import { DesiredTenants } from './tenants/desired-tenant.js';
import { TenantObject } from './tenants/tenant-object.entity.js';
import { TenantScopes } from './tenants/tenant-scope.js';
import { Tenant } from './tenants/tenant.entity.js';

const entities = [
  Cluster,
  DeletionCertificateRecord,
  Environment,
  Hold,
  Invitation,
  Operation,
  Quarantine,
  SigningKeyRecord,
  SuspendedWorkload,
  Tenant,
  TenantDrift,
  TenantObject,
];

/** Provides the domain: plans, tenants and operations. */
@Module({})
export class TenancyModule {
  /** @param imports modules that provide `JobQueue` and `Questions`. */
  static forRoot(imports: NonNullable<DynamicModule['imports']>): DynamicModule {
    const changes = ChangesModule.forRoot(imports);
    const services = [
      ClustersService,
      QuarantinesService,
      ChangeFeed,
      ChangeSignals,
      DeletionCertificatesService,
      DriftService,
      EnvironmentsService,
      ExternalIds,
      HoldsService,
      InvitationsService,
      MembersService,
      OperationControl,
      OperationsService,
      PreviewsService,
      TenantDeletions,
      TenantScopes,
      TenantsService,
      DesiredTenants,
    ];
    return {
      module: TenancyModule,
      imports: [TypeOrmModule.forFeature(entities), PlansModule, changes, ...imports],
      providers: services,
      exports: [...services, PlansModule, changes],
    };
  }
}
