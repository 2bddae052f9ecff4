import { z } from 'zod';

/** Audiences of certificate authorities of meshes: with such a token a pod could get an identity of the mesh. */
export const reservedAudiences: readonly string[] = ['istio-ca', 'identity.l5d.io', 'api', 'spire-server'];

const annotationSchema = z
  .string()
  .max(317)
  .regex(/^[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?(\/[A-Za-z0-9]([A-Za-z0-9._-]{0,61}[A-Za-z0-9])?)?$/, {
    error:
      'Must be the domain of annotations, such as "eks.amazonaws.com", or the key of one, such as "kubevip.io/pool".',
  });

/** Annotations that other controllers of the cluster act on. */
export const annotationsSchema = z
  .array(annotationSchema)
  .max(100)
  .meta({
    description:
      'Domains or keys of annotations that Pods, Services, ServiceAccounts, Ingresses and routes can have besides ' +
      'harmless ones; empty: none. Some give an object names, addresses, networks or identities.',
    examples: [['vault.hashicorp.com', 'eks.amazonaws.com/role-arn']],
  })
  .default([]);

const audienceSchema = z
  .string()
  .max(253)
  // The list is joined by commas.
  .regex(/^[\x21-\x2b\x2d-\x7e]+$/, { error: 'Must be an audience without spaces and commas, such as "vault".' })
  .refine((audience) => !reservedAudiences.includes(audience) && !audience.startsWith('https://kubernetes.default'), {
    error: 'This audience is reserved: no plan can allow it.',
  });

/** What tokens of ServiceAccounts can be for. */
export const tokenAudiencesSchema = z
  .array(audienceSchema)
  .max(100)
  .meta({
    description:
      'Audiences for which pods can have tokens of their ServiceAccount; empty: none. Tokens for the Kubernetes API are ' +
      'a setting of their own (`network.kubeApi`), whatever this says.',
    examples: [['vault', 'sts.amazonaws.com']],
  })
  .default([]);
