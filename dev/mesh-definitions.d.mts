/** A CustomResourceDefinition. */
export interface Definition {
  metadata: { name: string };
  spec: object;
}

/** Returns the definitions of Istio's kinds, from the Go module that contains them. */
export function istioDefinitions(): Promise<Definition[]>;

/** Returns the definitions of the standard channel of the Gateway API, including ListenerSet, from its Go module. */
export function gatewayDefinitions(): Promise<Definition[]>;

/** Returns Bulkhead's own definitions, without schemas, for the kinds of Linkerd that it writes. */
export function linkerdDefinitions(): Promise<Definition[]>;

/** Returns every CustomResourceDefinition of a YAML file, or of all YAML files of a folder. */
export function definitionsIn(path: string): Promise<Definition[]>;

/**
 * Applies definitions to a cluster as an administrator, and waits until all their kinds are served. Existing
 * definitions are updated to this version.
 */
export function installDefinitions(
  controlPlane: { url: string; ca: string; adminToken: string },
  definitions: readonly Definition[],
): Promise<void>;
