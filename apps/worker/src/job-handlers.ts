import { Dispatcher, PassRunner } from '#engine';
import { PolicyEnforcer } from '#policies/worker';
import { Prover } from '#proof/worker';
import { Answerers } from '#questions';
import { type JobHandlers } from '#queue';
import { type INestApplicationContext } from '@nestjs/common';

/** Returns the handler of every job; one that is missing does not compile. */
export function jobHandlers(app: INestApplicationContext): JobHandlers {
  const answerers = app.get(Answerers);
  const dispatcher = app.get(Dispatcher);
  const enforcer = app.get(PolicyEnforcer);
  const prover = app.get(Prover);
  const runner = app.get(PassRunner);
  return {
    'reconcile-tenant-urgently': ({ tenantId }) => runner.reconcile(tenantId, 'urgent'),
    'reconcile-changed': () => dispatcher.dispatch(),
    'reconcile-tenant': ({ tenantId }) => runner.reconcile(tenantId, 'due'),
    preview: ({ previewId }) => answerers.answer(previewId),
    'ensure-policies': () => enforcer.ensure(),
    prove: ({ checkId }) => prover.prove(checkId),
  };
}
