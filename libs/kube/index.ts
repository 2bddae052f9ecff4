export { type Credentials, KubeconfigError, loadCredentials } from './credentials.js';
export { KubeClient, type KubeObject, type LiveObject } from './kube-client.js';
export { isClusterFailure, isTransient, KubeError, KubeUnreachable } from './kube-error.js';
export { managedResources, objectName, type ObjectKey } from './resources.js';
