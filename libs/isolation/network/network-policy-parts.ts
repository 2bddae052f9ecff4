import { NAMESPACE_NAME_LABEL } from '../model/labels.js';
import { type PlatformPods, type TenantLink } from '../model/tenant-input.js';

/** A NetworkPolicy before it has a namespace. */
export interface NamedPolicy {
  name: string;
  spec: Record<string, unknown>;
  /** The link that it belongs to. */
  link?: TenantLink;
}

/** An `ipBlock` peer of a NetworkPolicy. */
export interface IpBlockPeer {
  ipBlock: { cidr: string; except?: string[] };
}

export const tcp = (port: number): object => ({ protocol: 'TCP', port });

/**
 * Returns pods of the platform as a peer. Both selectors are in one item, which means "and": as two items they would
 * match any pod of the namespace, and any pod of the tenant with these labels.
 */
export function peerOf({ namespace, podLabels }: PlatformPods): object {
  return {
    namespaceSelector: { matchLabels: { [NAMESPACE_NAME_LABEL]: namespace } },
    podSelector: { matchLabels: { ...podLabels } },
  };
}
