import { NAMESPACE_NAME_LABEL } from '../model/labels.js';
import { type PlatformPods, type TenantLink } from '../model/tenant-input.js';

/** A NetworkPolicy before it has a namespace. */
export interface NamedPolicy {
  name: string;
  spec: Record<string, unknown>;
  /** The link that it is for. */
  link?: TenantLink;
}

export const tcp = (port: number): object => ({ protocol: 'TCP', port });

/**
 * Pods of the platform as a peer. Both selectors stand in one item, which means "and": as two items any pod of the
 * namespace would do, or any pod of the tenant that carries the labels.
 */
export function peerOf({ namespace, podLabels }: PlatformPods): object {
  return {
    namespaceSelector: { matchLabels: { [NAMESPACE_NAME_LABEL]: namespace } },
    podSelector: { matchLabels: { ...podLabels } },
  };
}
