import { parseArgs } from 'node:util';

import { AccessModule, ApiKeysService } from '#access';
import { AuditModule, AuditTrail } from '#audit';
import { PersistenceModule, Transactions } from '#persistence';

import { audited } from './audited.js';
import { CommandError, runCommand, withModules } from './command.js';

/** `revoke-api-key --id ID`: revokes a key immediately. The id is `key_` followed by the second part of the key. */
await runCommand(async (config) => {
  const { values } = parseArgs({ options: { id: { type: 'string' } } });
  const { id } = values;
  if (id === undefined) throw new CommandError('usage: revoke-api-key --id key_…');
  const modules = [PersistenceModule.forRoot(config.database, 'bulkhead-keys'), AccessModule.forRoot(), AuditModule];
  await withModules(modules, async (app) => {
    const [keys, audit] = [app.get(ApiKeysService, { strict: false }), app.get(AuditTrail, { strict: false })];
    await app.get(Transactions, { strict: false }).run(async (transaction) => {
      if (!(await keys.revoke(transaction, id, null))) throw new CommandError(`There is no active key ${id}.`);
      await audit.record(transaction, audited('revoke-api-key', 'apikeys.revoke', { id }));
    });
    console.log(`revoked ${id}`);
  });
});
