import { parseArgs } from 'node:util';

import { AccessModule, ApiKeysService, type Role, roles } from '#access';
import { PersistenceModule } from '#persistence';

import { CommandError, withModules, runCommand } from './command.js';

/** `create-api-key --name NAME --role ROLE [--expires-in-days N]`: prints a new key, which cannot be shown again. */
await runCommand(async (config) => {
  const input = options();
  await withModules([PersistenceModule.forRoot(config.database, 'bulkhead-keys'), AccessModule], async (app) => {
    console.log(await app.get(ApiKeysService, { strict: false }).create(input));
  });
});

function options(): { name: string; role: Role; expiresAt: Date | null } {
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
