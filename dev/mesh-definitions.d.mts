/** A CustomResourceDefinition. */
export interface Definition {
  metadata: { name: string };
  spec: object;
}

/** The definitions of Istio's kinds, from the Go module that carries them. */
export function istioDefinitions(): Promise<Definition[]>;

/** The definitions of the standard channel of Gateway API, ListenerSet among them, from its Go module. */
export function gatewayDefinitions(): Promise<Definition[]>;

/** Definitions of Bulkhead's own, without schemas, for the kinds of Linkerd that it writes. */
export function linkerdDefinitions(): Promise<Definition[]>;

/** Every CustomResourceDefinition of a YAML file, or of all YAML files of a folder. */
export function definitionsIn(path: string): Promise<Definition[]>;

/**
 * Applies definitions to a cluster as an administrator, and waits until all of their kinds are served. Definitions
 * that stand already are brought to this version.
 */
export function installDefinitions(
  controlPlane: { url: string; ca: string; adminToken: string },
  definitions: readonly Definition[],
): Promise<void>;
