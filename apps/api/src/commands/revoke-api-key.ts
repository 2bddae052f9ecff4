import { parseArgs } from 'node:util';

import { AccessModule, ApiKeysService } from '#access';
import { PersistenceModule } from '#persistence';

import { CommandError, runCommand, withModules } from './command.js';

/** `revoke-api-key --id ID`: ends a key at once. The id is `key_` and the second part of the key. */
await runCommand(async (config) => {
  const { values } = parseArgs({ options: { id: { type: 'string' } } });
  const { id } = values;
  if (id === undefined) throw new CommandError('usage: revoke-api-key --id key_…');
  await withModules([PersistenceModule.forRoot(config.database, 'bulkhead-keys'), AccessModule], async (app) => {
    if (!(await app.get(ApiKeysService, { strict: false }).revoke(id))) {
      throw new CommandError(`There is no live key ${id}.`);
    }
    console.log(`revoked ${id}`);
  });
});
