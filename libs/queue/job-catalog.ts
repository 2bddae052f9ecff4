import { z } from 'zod';

/** The definition of a kind of job. Payloads are keys, never state: the worker reads the current state. */
interface JobDefinition<Payload> {
  payload: z.ZodType<Payload>;
  /** Jobs with the same id are merged. A job added while its twin is active runs once afterwards. */
  deduplicationId: (payload: Payload) => string;
  /** Minimum time between two jobs without a key; requests within it are merged into one job at its end. */
  restMs?: number;
}

function defineJob<Payload>(definition: JobDefinition<Payload>): JobDefinition<Payload> {
  return definition;
}

/** All kinds of jobs, with one queue each. */
export const jobCatalog = {
  /** Some tenants have changed; their rows show which. Busy workers look again on their own. */
  'reconcile-changed': defineJob({ payload: z.strictObject({}), deduplicationId: () => 'all', restMs: 100 }),
  /** An unchanged tenant is due for reconciliation. */
  'reconcile-tenant': defineJob({
    payload: z.strictObject({ tenantId: z.string() }),
    deduplicationId: ({ tenantId }) => tenantId,
  }),
  /** An urgent change, in a separate queue that no backlog delays. */
  'reconcile-tenant-urgently': defineJob({
    payload: z.strictObject({ tenantId: z.string() }),
    deduplicationId: ({ tenantId }) => tenantId,
  }),
  preview: defineJob({
    payload: z.strictObject({ previewId: z.string() }),
    deduplicationId: ({ previewId }) => previewId,
  }),
  prove: defineJob({
    payload: z.strictObject({ checkId: z.string() }),
    deduplicationId: ({ checkId }) => checkId,
  }),
  'ensure-policies': defineJob({ payload: z.strictObject({}), deduplicationId: () => 'all' }),
};

export type JobName = keyof typeof jobCatalog;
export type JobPayload<Name extends JobName> = z.output<(typeof jobCatalog)[Name]['payload']>;

/** Returns the minimum time between two jobs; undefined if there is none. */
export function restOf(name: JobName): number | undefined {
  const definition: { restMs?: number } = jobCatalog[name];
  return definition.restMs;
}

/** Returns the id by which jobs of one kind are merged. */
export function deduplicationIdOf<Name extends JobName>(name: Name, payload: JobPayload<Name>): string {
  const definition = jobCatalog[name] as unknown as JobDefinition<JobPayload<Name>>;
  return definition.deduplicationId(payload);
}
