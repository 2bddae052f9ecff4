import { z } from 'zod';

/** The environment whose namespace carries the tenant's name alone. */
export const MAIN_ENVIRONMENT = 'main';

/** A label of RFC 1123 of at most `maxLength` characters, the form of most names in Kubernetes. */
export function dnsLabel(maxLength = 63): z.ZodString {
  return z
    .string()
    .max(maxLength)
    .regex(/^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/, {
      error: 'Lower-case letters, digits and inner hyphens only.',
    });
}

/** A dotted name of RFC 1123, as classes (StorageClass, PriorityClass, …) have. */
export const dnsSubdomainSchema = z
  .string()
  .max(253)
  .regex(/^[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*$/, {
    error: 'Lower-case letters, digits, inner hyphens and dots only.',
  });

/**
 * The name of an environment. 19 characters, because "tn-", a slug of 40 and a hyphen leave so many of the 63
 * that a namespace may have.
 */
export const environmentNameSchema = dnsLabel(19);

/** A tenant's slug: what its namespaces are named after. */
export const slugSchema = z
  .string()
  .max(40)
  .regex(/^[a-z]([a-z0-9-]*[a-z0-9])?$/, {
    error: 'Starts with a lower-case letter; lower-case letters, digits and inner hyphens only.',
  });

/** The namespace of a tenant's environment, at most 63 characters for valid names. */
export function namespaceName(slug: string, environment: string): string {
  return environment === MAIN_ENVIRONMENT ? `tn-${slug}` : `tn-${slug}-${environment}`;
}

/** Id of a plan, e.g. `team`: a DNS label of at most 40 characters. It becomes a label value in the cluster. */
export const planIdSchema = dnsLabel(40);
