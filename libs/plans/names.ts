import { z } from 'zod';

/** The environment whose namespace has the tenant's name only. */
export const MAIN_ENVIRONMENT = 'main';

/** An RFC 1123 label of at most `maxLength` characters, the form of most names in Kubernetes. */
export function dnsLabel(maxLength = 63): z.ZodString {
  return z
    .string()
    .max(maxLength)
    .regex(/^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/, {
      error: 'Only lower-case letters, digits and inner hyphens are allowed.',
    });
}

/** A dotted RFC 1123 name, as classes (StorageClass, PriorityClass, …) have. */
export const dnsSubdomainSchema = z
  .string()
  .max(253)
  .regex(/^[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*$/, {
    error: 'Only lower-case letters, digits, inner hyphens and dots are allowed.',
  })
  .meta({ id: 'DnsSubdomain' });

/**
 * The name of an environment. At most 19 characters, because "tn-", a slug of 40 and a hyphen leave that many of the 63
 * that a namespace can have.
 */
export const environmentNameSchema = dnsLabel(19).meta({ id: 'EnvironmentName' });

/** A tenant's slug, after which its namespaces are named. */
export const slugSchema = z
  .string()
  .max(40)
  .regex(/^[a-z]([a-z0-9-]*[a-z0-9])?$/, {
    error: 'Must start with a lower-case letter; only lower-case letters, digits and inner hyphens are allowed.',
  });

/** Returns the namespace of a tenant's environment, at most 63 characters for valid names. */
export function namespaceName(slug: string, environment: string): string {
  return environment === MAIN_ENVIRONMENT ? `tn-${slug}` : `tn-${slug}-${environment}`;
}

/** Id of a plan, e.g. `team`: a DNS label of at most 40 characters. It becomes a label value in the cluster. */
export const planIdSchema = dnsLabel(40).meta({ id: 'PlanId' });

/** Number of a version of a plan or policy. Less than the largest `integer` of Postgres, so that the next one fits. */
export const planVersionSchema = z.int().min(1).max(999_999_999);
