import { builtInRoles, type Permission, permissionDescriptions } from '#access';

import { type EndpointOptions } from '../http/endpoint.decorator.js';
import { type Contract } from './document.js';
import { type DeclaredEndpoint } from './endpoints.js';

const introduction = `<!-- Generated from libs/access and the declarations of the endpoints by \`npm run docs\`. Do not edit. -->

# Roles and permissions

An API key has one of these roles, a role that an administrator defined (\`PUT /v1/roles/{name}\`), or permissions of its
own. The holder of a token has the roles that the rules of its issuer give, and in each tenant that has it as a member the
role that the tenant gives. Nobody can give a key, a role or a membership more than they have themselves.

**Reach** is which tenants a caller sees and changes. Another's tenant does not exist for it: the answer is \`404\`. Requests
about the whole platform are closed to callers that do not reach all tenants.`;

const reaches = {
  all: 'all tenants',
  created: 'tenants that it created',
  tenant: 'the tenant that its key is bound to, or that it is a member of',
};

/** Returns the page that lists every role, every permission, and who can send every request. */
export function rolesPage({ paths }: Contract, endpoints: ReadonlyMap<string, DeclaredEndpoint>): string {
  const requests = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, { operationId }]) => {
      const options = endpoints.get(operationId)?.options;
      if (options === undefined) throw new Error(`${operationId} is not declared`);
      return [`\`${method.toUpperCase()} ${path}\``, needs(options), options.reach ?? 'platform', callers(options)];
    }),
  );
  return `${[
    introduction,
    '## Roles',
    table(['Role', 'Reach', 'For'], roleRows()),
    '## Permissions',
    table(['Permission', 'Allows to', 'Roles'], permissionRows()),
    '## Requests',
    `What a request concerns: the \`platform\`, a \`tenant\` or an \`operation\` by its id, a tenant by its \`external-id\`, or a list that is \`filtered\` to
the reach of the caller.`,
    table(['Request', 'Needs', 'Concerns', 'Roles'], requests),
  ].join('\n\n')}\n`;
}

function roleRows(): string[][] {
  return Object.entries(builtInRoles).map(([name, { reach, description }]) => [
    `\`${name}\``,
    reaches[reach],
    description,
  ]);
}

function permissionRows(): string[][] {
  return Object.entries(permissionDescriptions).map(([name, description]) => [
    `\`${name}\``,
    description,
    rolesWith([name as Permission]).join(', '),
  ]);
}

function needs({ permission, queryPermissions = {}, bodyPermissions = {} }: EndpointOptions): string {
  if (permission === 'none') return 'nothing';
  if (permission === 'authenticated') return 'a credential';
  const more = Object.entries({ ...queryPermissions, ...bodyPermissions });
  const base = [permission].flat().map((name) => `\`${name}\``);
  return [base.join(' or '), ...more.map(([member, name]) => `for ${member} \`${name}\``)].join('; ');
}

function callers({ permission }: EndpointOptions): string {
  if (permission === 'none') return 'everybody';
  return permission === 'authenticated' ? 'every caller' : rolesWith([permission].flat()).join(', ');
}

function rolesWith(alternatives: readonly Permission[]): string[] {
  return Object.entries(builtInRoles)
    .filter(([, { permissions }]) => (permissions as readonly Permission[]).some((name) => alternatives.includes(name)))
    .map(([name]) => name);
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  return [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}
