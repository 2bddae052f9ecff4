import { parseArgs } from 'node:util';

import { AccessModule, ApiKeysService, builtInRoleNames, type NewApiKey } from '#access';
import { AuditModule, AuditTrail } from '#audit';
import { PersistenceModule, Transactions } from '#persistence';
import { DomainError } from '#problems';

import { audited } from './audited.js';
import { CommandError, withModules, runCommand } from './command.js';

const usage =
  'usage: create-api-key --name NAME --role ROLE [--tenant tenant_…] [--expires-in-days N], where ROLE is one of ' +
  `${builtInRoleNames.join(', ')}, or a role that an administrator defined`;

/** Prints a new key, which cannot be shown again. For the first key of an installation; later ones come from the API. */
await runCommand(async (config) => {
  const input = options();
  const modules = [PersistenceModule.forRoot(config.database, 'bulkhead-keys'), AccessModule.forRoot(), AuditModule];
  await withModules(modules, async (app) => {
    const [keys, audit] = [app.get(ApiKeysService, { strict: false }), app.get(AuditTrail, { strict: false })];
    const text = await app.get(Transactions, { strict: false }).run(async (transaction) => {
      await keys.grantOf(transaction, input).catch(asCommandError);
      const { key, text: made } = await keys.create(transaction, input);
      const { id, name, role, tenantId, expiresAt } = key;
      const change = { name, role, ...(tenantId !== null && { tenantId }), id, expiresAt };
      await audit.record(transaction, audited('create-api-key', 'apikeys.create', change));
      return made;
    });
    console.log(text);
  });
});

function options(): NewApiKey {
  const text = { type: 'string' } as const;
  const { values } = parseArgs({ options: { name: text, role: text, tenant: text, 'expires-in-days': text } });
  const { name, role, tenant = null, 'expires-in-days': days } = values;
  if (name === undefined || role === undefined || (days !== undefined && !/^[1-9]\d{0,3}$/.test(days))) {
    throw new CommandError(usage);
  }
  const expiresInDays = days === undefined ? null : Number(days);
  return { name, role, permissions: null, tenantId: tenant, allowedCidrs: [], expiresInDays, createdBy: null };
}

function asCommandError(error: unknown): never {
  if (error instanceof DomainError) throw new CommandError(`${error.message} ${usage}`);
  throw error;
}
