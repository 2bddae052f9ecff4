import { z } from 'zod';

import { dnsLabel } from './names.js';
import { templateIssues } from './workload-templates.js';

/**
 * What a plan may bring along, as "apiVersion/kind". Only kinds that stay within the tenant's namespace and decide
 * nothing about isolation; Secrets are not among them because a plan is readable by whoever may read plans.
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

const stringMapSchema = z.record(z.string(), z.string());

const metadataSchema = z.strictObject(
  {
    name: z
      .string()
      .min(1)
      .max(253)
      .meta({ description: 'Name; may hold variables.', examples: ['${tenant.slug}-db'] }),
    labels: stringMapSchema.meta({ description: 'Labels beside those that every object of a tenant has.' }).optional(),
    annotations: stringMapSchema.meta({ description: 'Annotations.' }).optional(),
  },
  { error: (issue) => (issue.code === 'unrecognized_keys' ? metadataMessage(issue.keys) : undefined) },
);

const manifestSchema = z
  .object({
    apiVersion: z.string().meta({ description: 'API version.', examples: ['apps/v1'] }),
    kind: z.string().meta({ description: 'Kind.', examples: ['Deployment'] }),
    metadata: metadataSchema.meta({ description: 'Name, labels and annotations, and nothing else.' }),
  })
  // Any JSON. Not z.json(): its recursive type is more than the types of the database layer can follow.
  .catchall(z.any());

const workloadSchema = z.strictObject({
  name: dnsLabel().meta({ description: 'What the plan calls it.' }),
  manifest: manifestSchema.meta({
    description:
      'A Kubernetes object of a namespaced kind. ${tenant.slug}, ${tenant.id}, ${tenant.displayName}, ' +
      '${environment.name}, ${environment.namespace} and ${plan.id} are filled in for each environment.',
  }),
});

/** The tenant's dedicated services: objects that each of its namespaces gets. */
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
        issue(['manifest', 'kind'], `A plan may not contain ${kind}. It may contain ${workloadKinds.join(', ')}.`);
      } else if (objects.has(object)) {
        issue(['manifest', 'metadata', 'name'], `${object} is in the plan twice.`);
      }
      for (const { path, message } of templateIssues(manifest)) issue(['manifest', ...path], message);
      names.add(name);
      objects.add(object);
    });
  });

function metadataMessage(keys: readonly string[]): string {
  if (keys.includes('namespace')) return 'A manifest names no namespace: it is applied to each of the tenant.';
  return `Only name, labels and annotations are allowed in metadata, not ${keys.join(', ')}.`;
}
