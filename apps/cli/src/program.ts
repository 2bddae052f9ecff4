import { Argument, type Command, Option } from 'commander';

import { type ApiOperation, apiOperations, type Parameter, type Schema } from './api-document.js';
import { clientOf, connectionOf } from './connection.js';
import { choicesOf, kindOf, valueOf } from './given-values.js';
import { flagOf, type Given, send } from './send.js';

/** Words for the groups of commands, as `bulkhead --help` lists them. */
const groups: Record<string, string> = {
  tenants: 'Create, change and delete tenants',
  plans: 'Plans and their versions',
  operations: 'What is being carried out, and how it ended',
  holds: 'Suspend, quarantine or freeze a tenant',
  hosts: 'Hosts of a tenant',
  routes: 'Lead hosts to services, and shift traffic',
  'network-rules': 'Allow or deny traffic by address',
  links: 'Let one tenant call a service of another',
  rollouts: 'Move tenants to a new version of a plan',
  quarantine: 'Quarantine many tenants at once',
  policies: 'Guardrails across tenants',
  'isolation-checks': 'Prove that a tenant is isolated',
  reachability: 'Who can reach whom',
  observability: 'Traffic, dashboards and recording rules',
  members: 'Who has access to a tenant, and invitations',
  me: 'What the credential can do',
  clusters: 'Clusters',
  'api-keys': 'API keys',
  roles: 'Roles and their permissions',
  audit: 'Who changed what',
};

interface GlobalOptions {
  url?: string;
  json?: boolean;
}

/** Adds a command for every operation of the API, grouped by what it is about. */
export function addApiCommands(program: Command): void {
  const byGroup = new Map<string, Command>();
  for (const operation of apiOperations()) {
    const group = byGroup.get(operation.group) ?? program.command(operation.group);
    byGroup.set(operation.group, group.description(groups[operation.group] ?? ''));
    addOperation(group, operation);
  }
}

function addOperation(group: Command, operation: ApiOperation): void {
  const command = group.command(operation.command).summary(operation.summary).description(textOf(operation));
  const inPath = operation.parameters.filter((parameter) => parameter.in === 'path');
  for (const parameter of inPath) command.addArgument(argumentOf(parameter));
  const others = operation.parameters.filter((parameter) => parameter.in !== 'path');
  for (const parameter of others) command.addOption(optionOf(parameter.name, parameter.schema, parameter.description));
  for (const [name, schema] of Object.entries(operation.body?.members ?? {})) {
    command.addOption(optionOf(name, schema, schema.description, operation.body?.required.has(name)));
  }
  if (operation.body !== null) command.option('-f, --file <path>', 'Body in YAML or JSON, - for standard input');
  if (operation.answers.length > 1) {
    command.addOption(new Option('--accept <type>', 'Media type of the answer').choices(operation.answers));
  }
  if (operation.isCarriedOut) {
    command.option('-w, --wait [seconds]', 'Wait until the cluster matches, 300 seconds at most', waitSeconds);
  }
  command.action(async () => {
    const { url, json = false } = command.optsWithGlobals<GlobalOptions>();
    await send(clientOf(connectionOf(url)), operation, givenBy(command, operation, json));
  });
}

function textOf({ summary, description }: ApiOperation): string {
  return description === '' ? `${summary}.` : `${summary}. ${description}`;
}

function argumentOf({ name, description, schema }: Parameter): Argument {
  const isTenant = schema.pattern?.startsWith('^tenant_') === true;
  return new Argument(`<${isTenant ? 'tenant' : name}>`, isTenant ? 'Id or slug of the tenant.' : (description ?? ''));
}

function optionOf(name: string, schema: Schema, description = '', isRequired = false): Option {
  const kind = kindOf(schema);
  const choices = choicesOf(schema);
  const shape = {
    text: 'text',
    number: 'number',
    boolean: 'true|false',
    list: 'item...',
    pairs: 'name=value...',
    yaml: 'yaml',
  };
  const notes = [
    description,
    choices.length > 0 ? `One of: ${choices.join(', ')}.` : '',
    isRequired ? 'Required.' : '',
  ];
  const option = new Option(`${flagOf(name)} <${shape[kind]}>`, notes.filter((note) => note !== '').join(' '));
  return option.argParser((text: string, earlier: unknown) => valueOf(kind, text, earlier));
}

function waitSeconds(text: string): number {
  return valueOf('number', text, undefined) as number;
}

/** Returns what the user gave for an operation, sorted by where it goes in the request. */
function givenBy(command: Command, operation: ApiOperation, json: boolean): Given {
  const options = command.opts<Record<string, unknown>>();
  const pick = (names: readonly string[]): Record<string, unknown> =>
    Object.fromEntries(
      names.flatMap((name) => (optionName(name) in options ? [[name, options[optionName(name)]]] : [])),
    );
  const named = (place: Parameter['in']): string[] =>
    operation.parameters.filter((parameter) => parameter.in === place).map(({ name }) => name);
  const { file, accept, wait } = options as { file?: string; accept?: string; wait?: number | true };
  return {
    path: command.args,
    query: pick(named('query')),
    headers: pick(named('header')) as Record<string, string>,
    body: pick(Object.keys(operation.body?.members ?? {})),
    ...(file === undefined ? {} : { file }),
    ...(accept === undefined ? {} : { accept }),
    wait: wait === undefined ? null : wait === true ? 300 : wait,
    json,
  };
}

/** Commander stores the value of `--if-match` as `ifMatch`. */
function optionName(name: string): string {
  return new Option(flagOf(name)).attributeName();
}
