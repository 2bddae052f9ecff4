export { type Credentials, KubeconfigError, loadCredentials } from './credentials.js';
export { FIELD_MANAGER, KubeClient, type LiveObject } from './kube-client.js';
export { isAuthorizationFailure, isClusterFailure, isTransient, KubeError, KubeUnreachable } from './kube-error.js';
export { managedResources, objectName, type ObjectKey } from './resources.js';
