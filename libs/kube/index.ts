export { type Credentials, KubeconfigError, loadCredentials } from './credentials.js';
export { KubeClient, type LiveObject } from './kube-client.js';
export { type ApiResource } from './discovery.js';
export { isAuthorizationFailure, isClusterFailure, isTransient, KubeError, KubeUnreachable } from './kube-error.js';
export { type ObjectMetadata, RemovalClient } from './removal-client.js';
export { managedResources, objectName, type ObjectKey } from './resources.js';
