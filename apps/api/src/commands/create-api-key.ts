import { parseArgs } from 'node:util';

import { AccessModule, ApiKeysService, type NewApiKey, roles } from '#access';
import { AuditModule, AuditTrail } from '#audit';
import { PersistenceModule, Transactions } from '#persistence';

import { audited } from './audited.js';
import { CommandError, withModules, runCommand } from './command.js';

/** `create-api-key --name NAME --role ROLE [--expires-in-days N]`: prints a new key. It cannot be shown again. */
await runCommand(async (config) => {
  const input = options();
  const modules = [PersistenceModule.forRoot(config.database, 'bulkhead-keys'), AccessModule, AuditModule];
  await withModules(modules, async (app) => {
    const [keys, audit] = [app.get(ApiKeysService, { strict: false }), app.get(AuditTrail, { strict: false })];
    const text = await app.get(Transactions, { strict: false }).run(async (transaction) => {
      const { text: made, ...more } = await keys.create(transaction, input);
      const { name, role } = input;
      await audit.record(transaction, audited('create-api-key', 'apikeys.create', { name, role, ...more }));
      return made;
    });
    console.log(text);
  });
});

function options(): NewApiKey {
  const text = { type: 'string' } as const;
  const { values } = parseArgs({ options: { name: text, role: text, 'expires-in-days': text } });
  const role = roles.find((known) => known === values.role);
  const days = values['expires-in-days'];
  if (values.name === undefined || role === undefined || (days !== undefined && !/^[1-9]\d{0,3}$/.test(days))) {
    throw new CommandError(`usage: create-api-key --name NAME --role ${roles.join('|')} [--expires-in-days N]`);
  }
  return { name: values.name, role, expiresInDays: days === undefined ? null : Number(days) };
}
