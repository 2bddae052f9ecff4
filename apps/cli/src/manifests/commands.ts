import { type Command } from 'commander';

import { clientOf, connectionOf } from '../connection.js';
import { exitCodes, UsageError } from '../exit-codes.js';
import { visible } from '../print.js';
import { type Change } from './change.js';
import { compare, type Ownership } from './compare.js';
import { readManifests } from './read-manifests.js';

interface Options {
  file: string;
  owner?: string;
  prune?: boolean;
}

/** Adds `apply` and `diff`, with which a repository is the source of plans and tenants. */
export function addManifestCommands(program: Command): void {
  const apply = program
    .command('apply')
    .summary('Make plans and tenants match files')
    .description('Makes plans and tenants match the YAML files of a folder, and waits until the cluster matches.');
  withOptions(apply).action(async () => {
    for (const change of await changesFor(apply)) {
      console.log(lineOf(change));
      await change.apply();
    }
  });
  const diff = program
    .command('diff')
    .summary('Compare plans and tenants with files')
    .description(`Shows what \`apply\` would change. Ends with ${exitCodes.different} if there is a difference.`);
  withOptions(diff).action(async () => {
    const changes = await changesFor(diff);
    for (const change of changes) console.log(lineOf(change));
    if (changes.length > 0) process.exitCode = exitCodes.different;
  });
}

function withOptions(command: Command): Command {
  return command
    .requiredOption('-f, --file <path>', 'A folder of YAML files, or one file')
    .option('--owner <name>', 'Where the files come from; stored as a label of each tenant')
    .option('--prune', 'Delete tenants of the owner that no file describes');
}

async function changesFor(command: Command): Promise<Change[]> {
  const { file, owner, prune = false } = command.opts<Options>();
  if (prune && owner === undefined) {
    throw new UsageError('--prune needs --owner, so that only its own tenants are deleted.');
  }
  const client = clientOf(connectionOf(command.optsWithGlobals<{ url?: string }>().url));
  const ownership: Ownership = { owner, prune };
  return await compare(client, readManifests(file), ownership);
}

const signs = { create: '+', update: '~', delete: '-' };

function lineOf({ kind, subject, details }: Change): string {
  return visible([`${signs[kind]} ${subject}`, ...details.map((detail) => `    ${detail}`)].join('\n'));
}
