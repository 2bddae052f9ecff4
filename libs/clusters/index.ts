export { baselineOf, type ClusterSettings, clusterSettingsSchema } from './cluster-facts.js';
export { type ClusterConnection, type ClusterSession } from './cluster-session.js';
export { type ClusterReport, Clusters } from './clusters.js';
export { ClustersModule } from './clusters.module.js';
export { baselineInForce, ensureSharedObjects, policiesInForce } from './shared-objects.js';
