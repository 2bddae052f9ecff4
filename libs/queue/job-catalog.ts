import { z } from 'zod';

/** What every job of one name has in common. A payload is a key, never state: whoever works reads the newest. */
interface JobDefinition<Payload> {
  payload: z.ZodType<Payload>;
  /** Jobs with the same id become one; asked for while it is active, it runs once more. */
  deduplicationId: (payload: Payload) => string;
  /** For jobs without a key: asked for again within this time, it is queued once at the end of it. */
  restMs?: number;
}

function defineJob<Payload>(definition: JobDefinition<Payload>): JobDefinition<Payload> {
  return definition;
}

/** Every job of the product. One queue a name. */
export const jobCatalog = {
  /** There are tenants that somebody has changed; their rows say which. Workers at work look again by themselves. */
  'reconcile-changed': defineJob({ payload: z.strictObject({}), deduplicationId: () => 'all', restMs: 100 }),
  /** A tenant that nobody has changed is not as wanted. */
  'reconcile-tenant': defineJob({
    payload: z.strictObject({ tenantId: z.string() }),
    deduplicationId: ({ tenantId }) => tenantId,
  }),
  /** A change that cannot wait its turn, in a queue of its own: no backlog can hold it up. */
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

/** How long a job of this name rests before it is queued again; undefined: not at all. */
export function restOf(name: JobName): number | undefined {
  const definition: { restMs?: number } = jobCatalog[name];
  return definition.restMs;
}

/** The id that makes two jobs of one name one. */
export function deduplicationIdOf<Name extends JobName>(name: Name, payload: JobPayload<Name>): string {
  const definition = jobCatalog[name] as unknown as JobDefinition<JobPayload<Name>>;
  return definition.deduplicationId(payload);
}
