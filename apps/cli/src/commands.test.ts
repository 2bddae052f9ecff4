import { Command } from 'commander';
import { describe, expect, test } from 'vitest';

import { apiOperations } from './api-document.js';
import { connectionOf } from './connection.js';
import { choicesOf, kindOf, valueOf } from './given-values.js';
import { readable, table, visible } from './print.js';
import { addApiCommands } from './program.js';

const operations = apiOperations();

describe('commands', () => {
  test('are one for each operation, and no two have a name', () => {
    const names = operations.map(({ group, command }) => `${group} ${command}`);
    expect(new Set(names).size).toBe(names.length);
    expect(names).toEqual(
      expect.arrayContaining([
        'tenants create',
        'tenants preview',
        'tenants drift',
        'plans create-version',
        'audit list',
      ]),
    );
  });

  test('belong to a group that says what it is about', () => {
    const program = new Command();
    addApiCommands(program);
    expect(program.commands.filter((group) => group.description() === '').map((group) => group.name())).toEqual([]);
  });

  test('use one verb for one thing', () => {
    const verbs = new Set(operations.map(({ command }) => command.split('-')[0]));
    expect([...verbs].filter((verb) => ['read', 'show', 'fetch', 'modify'].includes(verb ?? ''))).toEqual([]);
  });
});

describe('values of flags', () => {
  const members = operations.find(({ id }) => id === 'createTenant')?.body?.members ?? {};
  test.each([
    ['slug', 'text'],
    ['externalId', 'text'],
    ['plan', 'text'],
    ['environments', 'list'],
    ['labels', 'pairs'],
    ['members', 'yaml'],
  ])('%s is given as %s', (name, kind) => {
    expect(kindOf(members[name] ?? {})).toBe(kind);
  });

  test('lists and pairs are collected', () => {
    expect(valueOf('list', 'b', ['a'])).toEqual(['a', 'b']);
    expect(valueOf('pairs', 'b=2=3', { a: '1' })).toEqual({ a: '1', b: '2=3' });
    expect(valueOf('yaml', '[{kind: User, name: alice}]', undefined)).toEqual([{ kind: 'User', name: 'alice' }]);
    expect(valueOf('text', '{id: team, version: 2}', undefined)).toEqual({ id: 'team', version: 2 });
  });

  test.each([
    ['number', 'many', 'Must be a number.'],
    ['number', '', 'Must be a number.'],
    ['boolean', 'yes', 'Must be true or false.'],
    ['pairs', 'region', 'Must be NAME=VALUE.'],
    ['yaml', '{a: [', 'Must be YAML or JSON'],
  ] as const)('a %s cannot be "%s"', (kind, text, message) => {
    expect(() => valueOf(kind, text, undefined)).toThrow(message);
  });

  test('choices are those of the document', () => {
    const hold = operations.find(({ id }) => id === 'placeHold')?.body?.members ?? {};
    expect(choicesOf(hold['effect'] ?? {})).toContain('quarantine');
  });
});

describe('output', () => {
  test('columns are aligned, and a missing value is a dash', () => {
    const items = [{ slug: 'acme', plan: { id: 'team', version: 3 }, owner: null }, { slug: 'b' }];
    const columns = [
      ['SLUG', 'slug'],
      ['PLAN', 'plan'],
      ['OWNER', 'owner'],
    ] as const;
    expect(table(items, columns).split('\n')).toEqual(['SLUG  PLAN     OWNER', 'acme  team v3  -', 'b     -        -']);
  });

  test('what a tenant named cannot steer the terminal', () => {
    expect(visible('a\u001b[2J\u009b31m\u202eb\nc')).toBe('a\\u{1b}[2J\\u{9b}31m\\u{202e}b\nc');
    expect(readable({ name: '\u001b[2J' }, null)).not.toContain('\u001b');
  });

  test('an empty list says so', () => {
    expect(readable({ items: [], nextCursor: null }, 'TenantPage')).toBe('None.');
  });
});

describe('connection', () => {
  const nobody = { XDG_CONFIG_HOME: '/nonexistent' };
  const env = { ...nobody, BULKHEAD_URL: 'https://bulkhead.example', BULKHEAD_API_KEY: 'bhk_1' };
  test('comes from the environment', () => {
    expect(connectionOf(undefined, env)).toEqual({ url: 'https://bulkhead.example', credential: 'bhk_1' });
    expect(connectionOf('http://127.0.0.1:3000', env).url).toBe('http://127.0.0.1:3000');
  });
  test.each(['http://bulkhead.example', 'http://127.evil.example', 'ftp://bulkhead.example', 'bulkhead.example'])(
    'a key is not sent to %s',
    (url) => {
      expect(() => connectionOf(url, env)).toThrow(/https|Not an address/);
    },
  );
  test('a missing key is named', () => {
    expect(() => connectionOf('https://bulkhead.example', nobody)).toThrow('set BULKHEAD_API_KEY');
  });
});
