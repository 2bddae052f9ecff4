export { Host } from './host.entity.js';
export { type HostAndOperation, HostsService } from './hosts.service.js';
export { RouteShift } from './route-shift.entity.js';
export {
  type JudgedRoute,
  type NewRoute,
  type RouteAndOperation,
  type RouteChange,
  RoutesService,
} from './routes.service.js';
export { RoutingModule, ShiftDriverModule } from './routing.module.js';
export { routesOfDeletedTenants } from './routes-of-deleted-tenants.js';
export { shiftStates } from './shift-status.js';
export { type NewShift, ShiftsService } from './shifts.service.js';
