import { z } from 'zod';

import { dnsLabel } from './names.js';
import { word } from './readable-text.js';
import { templateIssues } from './workload-templates.js';

/**
 * The kinds that a plan can contain, as "apiVersion/kind": only kinds that stay within the tenant's namespace and do
 * not affect isolation. Secrets are excluded because everyone who can read plans could read them.
 */
export const workloadKinds: readonly string[] = [
  'v1/ConfigMap',
  'v1/PersistentVolumeClaim',
  'v1/Service',
  'apps/v1/Deployment',
  'apps/v1/StatefulSet',
  'autoscaling/v2/HorizontalPodAutoscaler',
  'batch/v1/CronJob',
  'batch/v1/Job',
  'networking.k8s.io/v1/Ingress',
  'policy/v1/PodDisruptionBudget',
];

/** Annotations of an object have at most 256 KiB. */
const stringMapSchema = z.record(z.string(), z.string().max(262_144).meta({ pattern: '^[^\\u0000]*$' }));

const metadataSchema = z.strictObject(
  {
    name: word(253)
      .min(1)
      .meta({ description: 'Name; can contain variables.', examples: ['${tenant.slug}-db'] }),
    labels: stringMapSchema
      .meta({ description: 'Labels in addition to those that every object of a tenant has.' })
      .optional(),
    annotations: stringMapSchema.meta({ description: 'Annotations.' }).optional(),
  },
  { error: (issue) => (issue.code === 'unrecognized_keys' ? metadataMessage(issue.keys) : undefined) },
);

const manifestSchema = z
  .object({
    apiVersion: word(316).meta({ description: 'API version.', examples: ['apps/v1'] }),
    kind: word(63).meta({ description: 'Kind.', examples: ['Deployment'] }),
    metadata: metadataSchema.meta({ description: 'Only name, labels and annotations.' }),
  })
  // Any JSON. Not z.json(): its recursive type is too deep for the types of the database layer.
  .catchall(z.any());

const workloadSchema = z.strictObject({
  name: dnsLabel().meta({ description: 'Name of the workload within the plan.' }),
  manifest: manifestSchema.meta({
    description:
      'A Kubernetes object of a namespaced kind. ${tenant.slug}, ${tenant.id}, ${tenant.displayName}, ' +
      '${environment.name}, ${environment.namespace} and ${plan.id} are substituted for each environment.',
  }),
});

/** The tenant's dedicated workloads: objects that are rendered in each of its namespaces. */
export const workloadsSchema = z
  .array(workloadSchema)
  .max(50)
  .superRefine((workloads, context) => {
    const [names, objects] = [new Set<string>(), new Set<string>()];
    workloads.forEach(({ name, manifest }, index) => {
      const issue = (path: (string | number)[], message: string): void => {
        context.addIssue({ code: 'custom', path: [index, ...path], message });
      };
      if (names.has(name)) issue(['name'], `"${name}" is listed twice.`);
      const kind = `${manifest.apiVersion}/${manifest.kind}`;
      const object = `${kind}/${manifest.metadata.name}`;
      if (!workloadKinds.includes(kind)) {
        issue(['manifest', 'kind'], `A plan cannot contain ${kind}. It can contain ${workloadKinds.join(', ')}.`);
      } else if (objects.has(object)) {
        issue(['manifest', 'metadata', 'name'], `${object} is in the plan twice.`);
      }
      for (const { path, message } of templateIssues(manifest)) issue(['manifest', ...path], message);
      names.add(name);
      objects.add(object);
    });
  });

function metadataMessage(keys: readonly string[]): string {
  if (keys.includes('namespace')) return 'A manifest must not name a namespace: it is applied to each of them.';
  return `Only name, labels and annotations are allowed in metadata, not ${keys.join(', ')}.`;
}
