/** What the holds of a tenant come to: each effect is in force as long as any hold has it. */
export interface Restriction {
  /** Its workloads are down; access and network are taken away. */
  suspended: boolean;
  /** It is cut off from network and cluster, and its workloads run. */
  quarantined: boolean;
}

const unrestricted: Restriction = { suspended: false, quarantined: false };

/** The restriction of a tenant that may have none. */
export function restrictionOf({ restriction }: { restriction?: Restriction | undefined }): Restriction {
  return restriction ?? unrestricted;
}

/** Whether nobody has access and no traffic is allowed: both restrictions mean that. */
export function isCutOff(tenant: { restriction?: Restriction | undefined }): boolean {
  const { suspended, quarantined } = restrictionOf(tenant);
  return suspended || quarantined;
}
