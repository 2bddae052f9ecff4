import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

import { parseAllDocuments } from 'yaml';
import { z } from 'zod';

import { type CreatePlanRequest, type CreateTenantRequest } from '#client';

import { UsageError } from '../exit-codes.js';

/** The plans and tenants that a folder describes, in the order of their files. */
export interface Manifests {
  plans: CreatePlanRequest[];
  tenants: TenantManifest[];
}

/** A tenant is known by your own id of it, which is the same in every installation. */
export type TenantManifest = CreateTenantRequest & { externalId: string };

// Only what a manifest is recognised by; the rest is the request's body, which the API checks.
const manifest = z.discriminatedUnion('kind', [
  z.looseObject({ kind: z.literal('Plan'), id: z.string() }),
  z.looseObject({ kind: z.literal('Tenant'), externalId: z.string(), slug: z.string() }),
]);

/**
 * Reads the YAML or JSON files of a folder and its subfolders, or one file. A file can hold several documents.
 * @throws UsageError if a document is not a manifest, or two describe the same
 */
export function readManifests(path: string): Manifests {
  const read: Manifests = { plans: [], tenants: [] };
  const seen = new Map<string, string>();
  for (const file of filesIn(path)) {
    for (const document of documentsIn(file)) {
      const { kind, ...body } = document;
      const name = document.kind === 'Plan' ? `plan ${document.id}` : `tenant ${document.externalId}`;
      const other = seen.get(name);
      if (other !== undefined) throw new UsageError(`The ${name} is in ${other} and in ${file}.`);
      seen.set(name, file);
      if (kind === 'Plan') read.plans.push(body as unknown as CreatePlanRequest);
      else read.tenants.push(body as unknown as TenantManifest);
    }
  }
  return read;
}

function filesIn(path: string): string[] {
  try {
    if (!statSync(path).isDirectory()) return [path];
    const names = readdirSync(path, { recursive: true, encoding: 'utf8' });
    return names
      .filter((name) => /\.(ya?ml|json)$/.test(name))
      .map((name) => join(path, name))
      .sort();
  } catch {
    throw new UsageError(`There is no file or folder ${path}.`);
  }
}

function documentsIn(file: string): z.infer<typeof manifest>[] {
  const documents = parseAllDocuments(readFileSync(file, 'utf8'));
  return documents.flatMap((document, index) => {
    const where = documents.length > 1 ? `${file}, document ${index + 1}` : file;
    const [error] = document.errors;
    if (error !== undefined) throw new UsageError(`${where}: ${error.message}`);
    const content = document.toJS() as unknown;
    if (content === null) return [];
    const { data, error: problem } = manifest.safeParse(content);
    if (data === undefined) throw new UsageError(`${where}: ${z.prettifyError(problem)}`);
    return [data];
  });
}
