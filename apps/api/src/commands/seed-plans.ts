import { PersistenceModule, Transactions } from '#persistence';
import { builtInPlans, planSpecSchema } from '#plans';
import { DomainError } from '#problems';
import { PlansModule, PlansService } from '#tenancy';

import { withModules, runCommand } from './command.js';

/** `seed-plans`: creates the plans that come with the product, where they do not exist. Never changes a plan. */
await runCommand(async (config) => {
  await withModules([PersistenceModule.forRoot(config.database, 'bulkhead-seed'), PlansModule], async (app) => {
    const plans = app.get(PlansService, { strict: false });
    const transactions = app.get(Transactions, { strict: false });
    for (const plan of builtInPlans) {
      try {
        await transactions.run((tx) =>
          plans.create(tx, 'bulkhead', { ...plan, spec: planSpecSchema.parse(plan.spec) }),
        );
      } catch (error) {
        if (!(error instanceof DomainError && error.code === 'plan.id_taken')) throw error;
      }
    }
  });
});
