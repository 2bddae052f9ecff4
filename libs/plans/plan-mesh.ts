import { z } from 'zod';

const telemetrySchema = z.strictObject({
  tracingSampling: z
    .number()
    .min(0)
    .max(100)
    .meta({ description: 'Percentage of requests that are traced.' })
    .default(1),
  accessLogs: z.boolean().meta({ description: 'Whether proxies log every request.' }).default(false),
});

const rateLimitSchema = z.strictObject({
  requestsPerSecond: z
    .int()
    .min(1)
    .max(1_000_000)
    .meta({ description: 'Maximum requests per second that each proxy passes on to a workload.' }),
});

/** Common default ports: web servers, databases, queues, search, gRPC. */
const DEFAULT_PORTS = [80, 443, 3000, 3306, 5000, 5432, 5672, 6379, 8000, 8080, 8443, 9092, 9200, 11211, 27017, 50051];

/** How the tenant's namespaces participate in the cluster's service mesh. */
export const meshSchema = z
  .strictObject({
    mode: z
      .enum(['cluster-default', 'none'])
      .meta({ description: 'Whether the tenant joins the mesh of its cluster, if that has one.' })
      .default('cluster-default'),
    mtls: z
      .enum(['strict', 'permissive'])
      .meta({ description: 'Whether pods accept connections without mutual TLS.' })
      .default('strict'),
    egress: z
      .enum(['registry-only', 'allow-any'])
      .meta({ description: 'Whether proxies pass on requests to hosts that the mesh does not know.' })
      .default('registry-only'),
    ports: z
      .array(z.int().min(1).max(65_535))
      .max(60, { abort: true })
      .meta({
        description:
          'TCP ports on which pods can be called in Linkerd, which has no policies for all ports at once; those of ' +
          'dedicated workloads, links and metrics are added. Other meshes open every port within the tenant.',
      })
      .default([...DEFAULT_PORTS]),
    waypoint: z.boolean().meta({ description: 'Whether an ambient mesh gets a layer 7 proxy.' }).default(false),
    telemetry: telemetrySchema.meta({ description: 'Traces and access logs.' }).prefault({}),
    rateLimit: rateLimitSchema
      .nullable()
      .meta({ description: 'Maximum rate of requests; null: unlimited.' })
      .default(null),
  })
  .superRefine(({ mode, waypoint, rateLimit }, context) => {
    if (mode !== 'none') return;
    const message = 'Needs a mesh, but the mode is "none".';
    if (waypoint) context.addIssue({ code: 'custom', path: ['waypoint'], message });
    if (rateLimit !== null) context.addIssue({ code: 'custom', path: ['rateLimit'], message });
  })
  .meta({ id: 'PlanMesh' });
