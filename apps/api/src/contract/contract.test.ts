import 'reflect-metadata';

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';

import { problemTitles } from '#problems';
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { beforeAll, describe, expect, test } from 'vitest';

import { contractText, describedApi, rolesText } from './described-api.js';
import { type Operation } from './description.js';
import { type Contract } from './document.js';
import { exampleOf } from './example.js';
import { type JsonSchema, nameIn } from './json-schema.js';
import { type MediaType, type ResponseObject } from './responses.js';
import { tags } from './tags.js';

const contract: Contract = await describedApi();

interface Route {
  title: string;
  path: string;
  method: string;
  operation: Operation;
}
const routes: Route[] = Object.entries(contract.paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, operation]) => ({
    title: `${method.toUpperCase()} ${path}`,
    path,
    method,
    operation,
  })),
);

function resolved<Value>(value: Value | { $ref?: string }): Value {
  const { $ref } = value as { $ref?: string };
  if ($ref === undefined) return value as Value;
  const [group, name] = $ref.split('/').slice(2) as [keyof Contract['components'], string];
  const found = contract.components[group][name];
  if (found === undefined) throw new Error(`${$ref} refers to nothing`);
  return found as Value;
}
const parametersOf = ({
  parameters,
}: Operation): { name: string; in: string; schema: JsonSchema; example?: unknown }[] =>
  parameters.map((parameter) => resolved(parameter) as { name: string; in: string; schema: JsonSchema });
const responsesOf = ({ responses }: Operation): [status: string, ResponseObject][] =>
  Object.entries(responses).map(([status, response]) => [status, resolved<ResponseObject>(response)]);

/** Every schema within a value, the named ones that it refers to included. */
function schemasWithin(value: unknown, seen = new Set<string>()): JsonSchema[] {
  if (Array.isArray(value)) return value.flatMap((item) => schemasWithin(item, seen));
  if (typeof value !== 'object' || value === null) return [];
  const name = nameIn(value);
  if (name !== null && !seen.has(name)) {
    seen.add(name);
    return schemasWithin(contract.components.schemas[name], seen);
  }
  const inner = Object.entries(value).filter(([key]) => !['example', 'examples', 'default'].includes(key));
  return [value, ...inner.flatMap(([, item]) => schemasWithin(item, seen))];
}
const sent = routes.flatMap(({ operation }) => schemasWithin([parametersOf(operation), operation.requestBody]));
const received = routes.flatMap(({ operation }) => schemasWithin(responsesOf(operation)));

describe.each(routes)('$title', ({ path, operation }) => {
  test('declares every parameter of its path, and no other', () => {
    const inPath = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
    const declared = parametersOf(operation).filter((parameter) => parameter.in === 'path');
    expect(declared.map(({ name }) => name)).toEqual(inPath);
    for (const parameter of declared) expect(parameter).toMatchObject({ required: true });
  });

  test('has an id of verb and noun, a summary, a description and one tag', () => {
    expect(operation.operationId).toMatch(/^[a-z]+([A-Z][a-z]+)+$/);
    expect(operation.summary).toMatch(/^[A-Z].+[^.]$/);
    expect(operation.description).toMatch(/[.]$/);
    expect(operation.tags).toHaveLength(1);
    expect(Object.keys(tags)).toContain(operation.tags[0]);
  });

  test('lists every status that it can answer with', () => {
    const statuses = Object.keys(operation.responses).map(Number);
    expect(statuses.some((status) => status < 300)).toBe(true);
    expect(statuses).toEqual(expect.arrayContaining([400, 429, 500, 503]));
    if (operation.security === undefined) expect(statuses).toEqual(expect.arrayContaining([401, 403]));
    if (operation.requestBody !== undefined) expect(statuses).toEqual(expect.arrayContaining([413, 415]));
    const accepts = parametersOf(operation).map(({ name }) => name);
    expect(statuses.includes(304)).toBe(accepts.includes('If-None-Match'));
    if (accepts.includes('If-Match')) expect(statuses).toContain(412);
    if (accepts.includes('Idempotency-Key')) expect(statuses).toContain(422);
  });

  test('answers every error with a problem', () => {
    for (const [, { content }] of responsesOf(operation).filter(([status]) => Number(status) >= 400)) {
      expect(content).toMatchObject({
        'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } },
      });
    }
  });

  test('has examples that match their schemas', () => {
    for (const { name, schema, example } of parametersOf(operation)) {
      if (example !== undefined) expectValid(schema, example, name);
    }
    const bodies = [
      operation.requestBody?.content ?? {},
      ...responsesOf(operation).map(([, { content = {} }]) => content),
    ];
    for (const [type, media] of bodies.flatMap((content) => Object.entries<MediaType>(content))) {
      expectValid(media.schema, media.example ?? exampleOf(media.schema, contract.components.schemas), type);
    }
  });
});

let ajv: Ajv2020;
beforeAll(() => {
  ajv = new Ajv2020({ strict: false, allErrors: true, formats: { int32: true, int64: true } });
  addFormats.default(ajv);
  ajv.addSchema({ $id: 'https://bulkhead.test/contract', components: { schemas: contract.components.schemas } });
});

function expectValid(schema: JsonSchema, value: unknown, what: string): void {
  const absolute = JSON.parse(
    JSON.stringify(schema).replaceAll('"#/components', '"https://bulkhead.test/contract#/components'),
  ) as object;
  const validate = ajv.compile(absolute);
  validate(value);
  expect({ what, errors: validate.errors ?? [], value }).toMatchObject({ errors: [] });
}

describe('the document', () => {
  test('is kept in the repository', async () => {
    const kept = readFileSync(join(import.meta.dirname, '../../openapi.json'), 'utf8');
    const isCurrent = kept === (await contractText());
    expect(isCurrent, 'apps/api/openapi.json is stale: run `npm run docs` and commit what it writes').toBe(true);
  });

  test('is written for people as docs/roles.md', async () => {
    const kept = readFileSync(join(import.meta.dirname, '../../../../docs/roles.md'), 'utf8');
    expect(kept, 'docs/roles.md is stale: run `npm run docs`').toBe(await rolesText());
  });

  test('is small enough to be read in a browser', () => {
    const text = JSON.stringify(contract);
    expect(Buffer.byteLength(text)).toBeLessThan(2_800 * routes.length);
    expect(gzipSync(text).length).toBeLessThan(460 * routes.length);
  });

  test('begins with what everybody needs first', () => {
    expect(contract.tags?.map(({ name }) => name)).toEqual(Object.keys(tags));
    expect(routes.slice(0, 2).map(({ operation }) => operation.operationId)).toEqual(['createTenant', 'listTenants']);
    const order = routes.map(({ operation }) => Object.keys(tags).indexOf(operation.tags[0] ?? ''));
    expect(order).toEqual([...order].sort((a, b) => a - b));
  });

  test('has every id once', () => {
    const ids = routes.map(({ operation }) => operation.operationId);
    expect(ids.filter((id, index) => ids.indexOf(id) !== index)).toEqual([]);
  });

  test('names the schemas that clients work with', () => {
    const { schemas } = contract.components;
    expect(Object.keys(schemas)).toEqual(
      expect.arrayContaining([
        'Tenant',
        'Plan',
        'PlanSpec',
        'Operation',
        'Condition',
        'Problem',
        'CreateTenantRequest',
      ]),
    );
    expect(schemas['Problem']?.properties?.['code']?.enum).toEqual(Object.keys(problemTitles));
    expect(schemas['Tenant']?.properties?.['conditions']?.items).toEqual({ $ref: '#/components/schemas/Condition' });
  });

  test('bounds every integer by what the database can hold', () => {
    const integers = [...sent, ...received].filter(({ type }) => [type].flat().includes('integer'));
    expect(integers.length).toBeGreaterThan(100);
    for (const integer of integers) {
      expect(integer.minimum).toBeGreaterThanOrEqual(0);
      const most = integer.format === 'int64' ? Number.MAX_SAFE_INTEGER : 2_147_483_647;
      expect(integer.maximum).toBeLessThanOrEqual(most);
    }
    expect(sent.filter(({ format }) => format === 'int64')).toEqual([]);
  });

  test('is closed to unknown members in requests and open to new ones in responses', () => {
    expect(received.filter((schema) => schema.additionalProperties === false)).toEqual([]);
    const open = sent.filter(
      ({ type, additionalProperties }) => type === 'object' && additionalProperties === undefined,
    );
    expect(open).toEqual([]);
  });

  test('gives the alternatives of a request as a choice of exactly one, each with a title', () => {
    const choices = sent.filter(({ oneOf }) => oneOf !== undefined);
    expect(choices.length).toBeGreaterThan(4);
    for (const { oneOf = [] } of choices) expect(oneOf.filter(({ title }) => title === undefined)).toEqual([]);
    const unclear = sent.filter(({ anyOf = [] }) => anyOf.filter(({ type }) => type !== 'null').length > 1);
    expect(unclear).toEqual([]);
  });

  test.each([
    ['GET /v1/reachability', ['application/json', 'image/svg+xml']],
    ['GET /v1/observability/rules', ['application/json', 'application/yaml']],
    ['GET /v1/tenants/{id}/events', ['text/event-stream']],
    [
      'GET /v1/tenants/{id}/isolation-checks/{checkId}/report',
      ['application/json', 'application/xml', 'application/sarif+json', 'text/html'],
    ],
  ])('%s answers in each of its media types', (title, types) => {
    const route = routes.find((each) => each.title === title);
    expect(Object.keys(route?.operation.responses['200']?.content ?? {})).toEqual(types);
  });

  test('declares merge patches as such', () => {
    const patches = routes.filter(({ method }) => method === 'patch');
    expect(patches.length).toBeGreaterThan(1);
    for (const { operation } of patches) {
      expect(Object.keys(operation.requestBody?.content ?? {})).toEqual([
        'application/merge-patch+json',
        'application/json',
      ]);
    }
  });
});
