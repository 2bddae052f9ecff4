import { z } from 'zod';

import { type WorkerSettings } from './driver.js';

/** Settings of a worker on which its jobs depend. */
export interface JobSettings {
  /** Most passes under way at the same time, except urgent ones. */
  concurrency: number;
  leaseMs: number;
}

/** The definition of a kind of job. Payloads are keys, never state: the worker reads the current state. */
interface JobDefinition<Payload> {
  payload: z.ZodType<Payload>;
  /** Jobs with the same id are merged. A job added while its twin is active runs once afterwards. */
  deduplicationId: (payload: Payload) => string;
  /** How a worker takes such jobs. */
  work: (settings: JobSettings) => WorkerSettings;
}

function defineJob<Payload>(definition: JobDefinition<Payload>): JobDefinition<Payload> {
  return definition;
}

/** All kinds of jobs, with one queue each, in the order in which workers start to consume them. */
export const jobCatalog = {
  /** An urgent change, in a separate queue that no backlog delays. Its passes do not count as concurrent ones. */
  'reconcile-tenant-urgently': defineJob({
    payload: z.strictObject({ tenantId: z.string() }),
    deduplicationId: ({ tenantId }) => tenantId,
    work: ({ leaseMs }) => ({ concurrency: 4, lockMs: leaseMs }),
  }),
  /**
   * Some tenants have changed; their rows show which. For producers outside of Bulkhead: its own changes are announced by
   * the database.
   */
  'reconcile-changed': defineJob({
    payload: z.strictObject({}),
    deduplicationId: () => 'all',
    work: ({ leaseMs }) => ({ concurrency: 1, lockMs: leaseMs }),
  }),
  /** An unchanged tenant is due for reconciliation. */
  'reconcile-tenant': defineJob({
    payload: z.strictObject({ tenantId: z.string() }),
    deduplicationId: ({ tenantId }) => tenantId,
    work: ({ concurrency, leaseMs }) => ({ concurrency, lockMs: leaseMs }),
  }),
  /** The API waits for the answer to a question. Few at a time: passes come first. */
  preview: defineJob({
    payload: z.strictObject({ previewId: z.string() }),
    deduplicationId: ({ previewId }) => previewId,
    work: () => ({ concurrency: 2, lockMs: 30_000 }),
  }),
  /** A policy was changed. */
  'ensure-policies': defineJob({
    payload: z.strictObject({}),
    deduplicationId: () => 'all',
    work: () => ({ concurrency: 1, lockMs: 120_000 }),
  }),
  /** An isolation check was requested. One run at a time: each is thousands of requests. */
  prove: defineJob({
    payload: z.strictObject({ checkId: z.string() }),
    deduplicationId: ({ checkId }) => checkId,
    work: () => ({ concurrency: 1, lockMs: 300_000 }),
  }),
};

export type JobName = keyof typeof jobCatalog;
export type JobPayload<Name extends JobName> = z.output<(typeof jobCatalog)[Name]['payload']>;

/** What a worker does with the jobs of each name. */
export type JobHandlers = { [Name in JobName]: (payload: JobPayload<Name>) => Promise<void> };

export const jobNames = Object.keys(jobCatalog) as JobName[];

/** Returns the id by which jobs of one kind are merged. */
export function deduplicationIdOf<Name extends JobName>(name: Name, payload: JobPayload<Name>): string {
  const definition = jobCatalog[name] as unknown as JobDefinition<JobPayload<Name>>;
  return definition.deduplicationId(payload);
}
