/** The combined effects of a tenant's holds: each effect is in force as long as any hold has it. */
export interface Restriction {
  /** Workloads are scaled to zero; access and network are removed. */
  suspended: boolean;
  /** The tenant is cut off from network and cluster; its workloads keep running. */
  quarantined: boolean;
}

const unrestricted: Restriction = { suspended: false, quarantined: false };

/** Returns the restriction of a tenant, or the default if it has none. */
export function restrictionOf({ restriction }: { restriction?: Restriction | undefined }): Restriction {
  return restriction ?? unrestricted;
}

/** Reports whether all access and traffic is blocked, which either effect implies. */
export function isCutOff(tenant: { restriction?: Restriction | undefined }): boolean {
  const { suspended, quarantined } = restrictionOf(tenant);
  return suspended || quarantined;
}
