export { type ClusterSettings, clusterSettingsSchema } from './cluster-facts.js';
export { CLUSTER_SETTINGS, Clusters } from './clusters.js';
export { ClustersModule } from './clusters.module.js';
export { ensureSharedObjects, policiesInForce, wallsInForce } from './shared-objects.js';
export { wallsOf } from './walls-of.js';
