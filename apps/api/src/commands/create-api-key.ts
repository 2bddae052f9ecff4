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
      const made = await keys.create(transaction, input);
      await audit.record(transaction, audited('create-api-key', 'apikeys.create', { id: made.id, ...input }));
      return made.text;
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
  const expiresAt = days === undefined ? null : new Date(Date.now() + Number(days) * 86_400_000);
  return { name: values.name, role, expiresAt };
}
