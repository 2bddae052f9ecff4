import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { ConfigError } from '#config';
import { type JWTPayload } from 'jose';
import { afterAll, describe, expect, test } from 'vitest';

import { checkRules, ruledRoles } from './issuer-rules.js';
import { type Issuer } from './oidc/issuer.js';
import { loadIssuers } from './oidc/load-issuers.js';

const folder = mkdtempSync(path.join(tmpdir(), 'bulkhead-issuers-'));
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

function load(text: string): Issuer[] {
  const file = path.join(folder, 'issuers.json');
  writeFileSync(file, text);
  return loadIssuers(file);
}

function issuerWith(rules: object[]): Issuer {
  const entry = { name: 'test', issuer: 'https://login.example', audiences: ['bulkhead'], rules };
  const [issuer] = load(JSON.stringify({ issuers: [entry] }));
  if (issuer === undefined) throw new Error('no issuer was read');
  return issuer;
}

describe('a rule gives its role', () => {
  const issuer = issuerWith([
    { when: { sub: 'ci:*', repository: 'acme/*' }, role: 'deploys' },
    { when: { groups: 'admins' }, role: 'tenant-admin', tenant: { claim: 'orgs', is: 'externalId' } },
    { when: { groups: 'acme' }, role: 'tenant-viewer', tenant: { id: 'tenant_1' } },
  ]);

  test('if each of its claims matches', () => {
    const roles = (payload: JWTPayload): string[] => ruledRoles({ issuer, payload }).map(({ role }) => role);
    expect(roles({ sub: 'ci:main', repository: 'acme/shop' })).toEqual(['deploys']);
    expect(roles({ sub: 'ci:main', repository: 'evil/shop' })).toEqual([]);
    expect(roles({ sub: 'ci:main' })).toEqual([]);
    expect(roles({ groups: ['acme', 'admins'] })).toEqual(['tenant-admin', 'tenant-viewer']);
  });

  test('for the tenant that it names, or those that a claim names', () => {
    const payload = { groups: ['acme', 'admins'], orgs: ['cus_1', 'cus_2'] };
    expect(ruledRoles({ issuer, payload }).map(({ tenants }) => tenants)).toEqual([
      { is: 'externalId', names: ['cus_1', 'cus_2'] },
      { is: 'id', names: ['tenant_1'] },
    ]);
    expect(ruledRoles({ issuer, payload: { groups: 'admins' } })).toMatchObject([{ tenants: { names: [] } }]);
  });
});

describe('a file of issuers is refused', () => {
  test('with the reason, if it is no JSON or does not match the schema', () => {
    expect(() => load('{')).toThrow(ConfigError);
    expect(() => load('{"issuers":[{"name":"A B"}]}')).toThrow(/BULKHEAD_ISSUERS_FILE: [^]*issuers\[0\]\.name/);
    expect(() => loadIssuers(path.join(folder, 'absent.json'))).toThrow('cannot be read');
    expect(loadIssuers(null)).toEqual([]);
  });

  test('if a rule gives a role of a tenant for none', () => {
    const refused = [issuerWith([{ when: { sub: '*' }, role: 'tenant-owner' }])];
    expect(() => {
      checkRules(refused);
    }).toThrow('rule 1 of the issuer "test"');
    const accepted = [issuerWith([{ when: { sub: '*' }, role: 'tenant-owner', tenant: { id: 'tenant_1' } }])];
    expect(() => {
      checkRules(accepted);
    }).not.toThrow();
  });
});
