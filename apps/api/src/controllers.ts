import { type Type } from '@nestjs/common';

import { ApiKeysController } from './api-keys/api-keys.controller.js';
import { AuditEventsController } from './audit/audit-events.controller.js';
import { ClustersController } from './clusters/clusters.controller.js';
import { DeletionKeysController } from './deletions/deletion-keys.controller.js';
import { DeletionsController } from './deletions/deletions.controller.js';
import { EventsController } from './events/events.controller.js';
import { HealthController } from './health/health.controller.js';
import { HoldsController } from './holds/holds.controller.js';
import { HostsController } from './hosts/hosts.controller.js';
import { IsolationChecksController } from './isolation-checks/isolation-checks.controller.js';
import { LinksController } from './links/links.controller.js';
import { MeController } from './me/me.controller.js';
import { InvitationsController } from './members/invitations.controller.js';
import { MembersController } from './members/members.controller.js';
import { EmergencyRulesController } from './network-rules/emergency-rules.controller.js';
import { NetworkRulesController } from './network-rules/network-rules.controller.js';
import { ObservabilityController } from './observability/observability.controller.js';
import { OperationsController } from './operations/operations.controller.js';
import { PlansController } from './plans/plans.controller.js';
import { PoliciesController } from './policies/policies.controller.js';
import { PolicyImportsController } from './policies/policy-imports.controller.js';
import { ViolationsController } from './policies/violations.controller.js';
import { PreviewsController } from './previews/previews.controller.js';
import { QuarantinesController } from './quarantines/quarantines.controller.js';
import { ReachabilityQueryController } from './reachability/reachability-query.controller.js';
import { ReachabilityController } from './reachability/reachability.controller.js';
import { RolesController } from './roles/roles.controller.js';
import { RolloutsController } from './rollouts/rollouts.controller.js';
import { RoutesController } from './routes/routes.controller.js';
import { ShiftsController } from './routes/shifts.controller.js';
import { EnvironmentsController } from './tenants/environments.controller.js';
import { ExternalIdsController } from './tenants/external-ids.controller.js';
import { DriftController } from './tenants/drift.controller.js';
import { TenantsController } from './tenants/tenants.controller.js';

/** Every controller of the API. */
export const controllers: Type[] = [
  ApiKeysController,
  AuditEventsController,
  ClustersController,
  DeletionKeysController,
  DeletionsController,
  DriftController,
  EnvironmentsController,
  EventsController,
  ExternalIdsController,
  HealthController,
  HoldsController,
  HostsController,
  InvitationsController,
  IsolationChecksController,
  LinksController,
  MeController,
  MembersController,
  NetworkRulesController,
  EmergencyRulesController,
  ObservabilityController,
  OperationsController,
  PlansController,
  PoliciesController,
  PolicyImportsController,
  PreviewsController,
  QuarantinesController,
  ReachabilityController,
  ReachabilityQueryController,
  RolesController,
  RolloutsController,
  RoutesController,
  ShiftsController,
  TenantsController,
  ViolationsController,
];
