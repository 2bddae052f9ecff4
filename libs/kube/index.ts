export { type Credentials, KubeconfigError, loadCredentials } from './credentials.js';
export { KubeClient, type LiveObject } from './kube-client.js';
export { isAuthorizationFailure, isClusterFailure, isTransient, KubeError, KubeUnreachable } from './kube-error.js';
export { managedResources, objectName, type ObjectKey, workloadResources } from './resources.js';
