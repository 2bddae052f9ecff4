import { parseArgs } from 'node:util';

import { AccessModule, ApiKeysService, type Role, roles } from '#access';
import { PersistenceModule } from '#persistence';

import { CommandError, withModules, runCommand } from './command.js';

/** `create-api-key --name NAME --role ROLE`: prints a new key, which cannot be shown again. */
await runCommand(async (config) => {
  const { name, role } = options();
  await withModules([PersistenceModule.forRoot(config.database, 'bulkhead-keys'), AccessModule], async (app) => {
    console.log(await app.get(ApiKeysService, { strict: false }).create({ name, role }));
  });
});

function options(): { name: string; role: Role } {
  const { values } = parseArgs({ options: { name: { type: 'string' }, role: { type: 'string' } } });
  const role = roles.find((known) => known === values.role);
  if (values.name === undefined || role === undefined) {
    throw new CommandError(`usage: create-api-key --name NAME --role ${roles.join('|')}`);
  }
  return { name: values.name, role };
}
