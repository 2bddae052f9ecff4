#!/usr/bin/env node
/** `bulkhead`: a command for every operation of the API, and the commands of an installation itself. */
import addCompletion from '@bomb.sh/tab/commander';
import { Command, CommanderError } from 'commander';

import { exitCodeOf, exitCodes, messageOf } from './exit-codes.js';
import { addLoginCommands } from './login/commands.js';
import { addManifestCommands } from './manifests/commands.js';
import { visible } from './print.js';
import { addApiCommands } from './program.js';

/** Commands that need the database or files of an installation instead of its API. */
const installationCommands: Record<string, string> = {
  migrate: 'Bring the database up to date',
  'seed-plans': 'Create the plans that are delivered with Bulkhead',
  'create-api-key': 'Create the first API key',
  'revoke-api-key': 'Revoke an API key',
  'verify-certificate': 'Verify a deletion certificate or an isolation report',
  'verify-audit-log': 'Verify that the audit log was not tampered with',
  reachability: 'Compare probes of a network with the computed result',
};

/** The program of these commands, beside this one in `dist/`. */
const installationProgram = '../../api/src/commands/bulkhead.js';

function createProgram(): Command {
  const program = new Command('bulkhead')
    .description('Operates Bulkhead through its API.')
    .option('--url <address>', 'Address of the API (BULKHEAD_URL)')
    .option('--json', 'Print JSON instead of tables and YAML')
    .helpOption('-h, --help', 'Show this help')
    .configureHelp({ showGlobalOptions: true })
    .showHelpAfterError('(--help lists what can be given)')
    .exitOverride();
  addLoginCommands(program);
  addApiCommands(program);
  addManifestCommands(program);
  const installation = program.command('installation').description('Commands that run beside the database of Bulkhead');
  for (const [name, description] of Object.entries(installationCommands)) {
    installation
      .command(name)
      .description(description)
      .allowUnknownOption()
      .allowExcessArguments()
      .helpOption(false)
      .action(async (_: unknown, command: Command) => {
        process.argv = [process.argv[0] ?? '', process.argv[1] ?? '', name, ...command.args];
        await import(new URL(installationProgram, import.meta.url).href);
      });
  }
  addCompletion(program);
  return program;
}

try {
  await createProgram().parseAsync();
} catch (error) {
  if (error instanceof CommanderError) {
    // It has already been printed.
    process.exitCode = error.exitCode === 0 ? exitCodes.done : exitCodes.usage;
  } else {
    console.error(visible(messageOf(error)));
    process.exitCode = exitCodeOf(error);
  }
}
