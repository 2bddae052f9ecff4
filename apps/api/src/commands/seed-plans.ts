import { AuditModule, AuditTrail } from '#audit';
import { PersistenceModule, Transactions } from '#persistence';
import { builtInPlans, planSpecSchema } from '#plans';
import { DomainError } from '#problems';
import { PlansModule, PlansService } from '#tenancy';

import { audited } from './audited.js';
import { withModules, runCommand } from './command.js';

/** `seed-plans`: creates the built-in plans that do not exist yet. It never changes a plan. */
await runCommand(async (config) => {
  const modules = [PersistenceModule.forRoot(config.database, 'bulkhead-seed'), PlansModule, AuditModule];
  await withModules(modules, async (app) => {
    const audit = app.get(AuditTrail, { strict: false });
    const plans = app.get(PlansService, { strict: false });
    const transactions = app.get(Transactions, { strict: false });
    for (const plan of builtInPlans) {
      try {
        await transactions.run(async (tx) => {
          await plans.create(tx, 'bulkhead', { ...plan, spec: planSpecSchema.parse(plan.spec) });
          await audit.record(tx, audited('seed-plans', 'plans.create', plan));
        });
      } catch (error) {
        if (!(error instanceof DomainError && error.code === 'plan.id_taken')) throw error;
      }
    }
  });
});
