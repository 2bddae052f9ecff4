export { RolloutChanges } from './rollout-changes.js';
export { rolloutDirections, rolloutStates, rolloutTenantStates } from './rollout-status.js';
export { RolloutTenant } from './rollout-tenant.entity.js';
export { Rollout } from './rollout.entity.js';
export { RolloutDriverModule, RolloutsModule } from './rollouts.module.js';
export { RolloutsService } from './rollouts.service.js';
