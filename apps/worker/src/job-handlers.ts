import { setTimeout as pause } from 'node:timers/promises';

import { Dispatcher, Reconciler } from '#engine';
import { PolicyEnforcer } from '#policies/worker';
import { Prover } from '#proof/worker';
import { Answerers } from '#questions';
import { type JobHandlers } from '#queue';
import { type INestApplicationContext } from '@nestjs/common';

/** A pass under way over the same tenant is waited for: two holders of one lease would undo each other's work. */
const RETRY_MS = 20;
const PATIENCE_MS = 2_000;

/** Returns the handler of every job; one that is missing does not compile. */
export function jobHandlers(app: INestApplicationContext): JobHandlers {
  const answerers = app.get(Answerers);
  const dispatcher = app.get(Dispatcher);
  const enforcer = app.get(PolicyEnforcer);
  const prover = app.get(Prover);
  const reconciler = app.get(Reconciler);
  return {
    'reconcile-tenant-urgently': ({ tenantId }) => reconcileUrgently(reconciler, tenantId),
    'reconcile-changed': () => dispatcher.dispatch(),
    'reconcile-tenant': ({ tenantId }) => dispatcher.reconcile(tenantId),
    preview: ({ previewId }) => answerers.answer(previewId),
    'ensure-policies': () => enforcer.ensure(),
    prove: ({ checkId }) => prover.prove(checkId),
  };
}

/**
 * A pass over the same tenant that outlasts the patience finds at its end that the tenant has changed, and another
 * follows.
 */
async function reconcileUrgently(reconciler: Reconciler, tenantId: string): Promise<void> {
  const deadline = Date.now() + PATIENCE_MS;
  while (!(await reconciler.reconcile(tenantId, { urgent: true })) && Date.now() < deadline) await pause(RETRY_MS);
}
