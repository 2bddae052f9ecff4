export { clusterSettingsSchema } from './cluster-facts.js';
export { DriftWatch } from './drift-watch.js';
export { Previewer } from './previewer.js';
export { ProvisioningModule } from './provisioning.module.js';
export { Reconciler } from './reconciler.js';
export { Sweeper } from './sweeper.js';
