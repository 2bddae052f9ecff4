import 'reflect-metadata';

import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';

import { afterAll, beforeAll, expect, test } from 'vitest';

import { describedApi } from '../../apps/api/src/contract/described-api.js';
import { type Contract } from '../../apps/api/src/contract/document.js';
import { oasdiffBinary } from '../../dev/go-binaries.mjs';

const kept = path.join(import.meta.dirname, '../../apps/api/openapi.json');

let folder: string;
let oasdiff: string;
beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'bulkhead-contract-'));
  oasdiff = await oasdiffBinary();
});
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

interface Change {
  id: string;
  operationId: string;
  text: string;
}

/** Returns every change from the document in the repository that breaks a client, as `rule: operation: change`. */
async function breakingChanges(contract: object): Promise<string[]> {
  const file = path.join(folder, 'openapi.json');
  writeFileSync(file, JSON.stringify(contract));
  // A response is described by the parts that it consists of, which only together say what is in it.
  const args = ['breaking', '--format', 'json', '--flatten-allof', kept, file];
  const { stdout } = await promisify(execFile)(oasdiff, args, { maxBuffer: 64 * 1024 * 1024 });
  const changes = JSON.parse(stdout === '' ? '[]' : stdout) as Change[];
  return changes.map(({ id, operationId, text }) => `${id}: ${operationId}: ${text}`);
}

test('no client of the document in the repository breaks', async () => {
  const found = await breakingChanges(await describedApi());
  expect(found, 'clients rely on what apps/api/openapi.json says; add, and leave what is there').toEqual([]);
});

test.for<[what: string, change: (contract: Contract) => void, found: RegExp]>([
  [
    'a removed operation',
    ({ paths }) => {
      delete paths['/v1/tenants/{id}']?.['delete'];
    },
    /^api-removed-without-deprecation: deleteTenant/,
  ],
  [
    'a new member that is required in a request',
    ({ components: { schemas } }) => {
      schemas['CreateTenantRequest']?.required?.push('displayName');
    },
    /^request-property-became-required: createTenant/,
  ],
  [
    'a member that is gone from a response',
    ({ components: { schemas } }) => {
      const { properties, required } = schemas['Tenant'] ?? {};
      delete properties?.['phase'];
      required?.splice(required.indexOf('phase'), 1);
    },
    /^response-required-property-removed: (getTenant|createTenant)/,
  ],
  [
    'a value that is no longer accepted',
    ({ components: { schemas } }) => {
      schemas['PlaceHoldRequest']?.properties?.['effect']?.enum?.pop();
    },
    /^request-property-enum-value-removed: placeHold/,
  ],
])('%s would be found', async ([, change, found]) => {
  const contract = JSON.parse(readFileSync(kept, 'utf8')) as Contract;
  change(contract);
  expect(await breakingChanges(contract)).toContainEqual(expect.stringMatching(found));
});

test('a new member of a response breaks no client', async () => {
  const contract = JSON.parse(readFileSync(kept, 'utf8')) as Contract;
  const { properties = {}, required } = contract.components.schemas['Operation'] ?? {};
  properties['colour'] = { type: 'string' };
  required?.push('colour');
  expect(await breakingChanges(contract)).toEqual([]);
});
