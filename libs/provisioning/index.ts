export { clusterSettingsSchema } from './cluster-facts.js';
export { Leases } from './lease/lease.js';
export { DriftWatch } from './drift/drift-watch.js';
export { PolicyEnforcer } from './policies/policy-enforcer.js';
export { Previewer } from './preview/previewer.js';
export { ProvisioningModule } from './provisioning.module.js';
export { Reconciler } from './reconciler.js';
export { Sweeper } from './sweeper.js';
