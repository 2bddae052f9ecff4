import { readFileSync } from 'node:fs';
import path from 'node:path';

import { parseAllDocuments } from 'yaml';

interface Role {
  kind: string;
  metadata: { name: string };
  rules: { apiGroups: string[]; resources: string[]; resourceNames?: string[]; verbs: string[] }[];
}

const file = path.resolve(import.meta.dirname, '../../deploy/worker-rbac.yaml');
export const documents = parseAllDocuments(readFileSync(file, 'utf8')).map((document) => document.toJS() as Role);

/** Returns the rights in `deploy/worker-rbac.yaml`, of all roles of a kind or of one: `group/resource: verbs`. */
export function rightsOf(kind: string, name?: string): string[] {
  return documents
    .filter((document) => document.kind === kind && (name === undefined || document.metadata.name === name))
    .flatMap(({ rules }) => rules)
    .flatMap(({ apiGroups, resources, resourceNames, verbs }) =>
      apiGroups.flatMap((group) =>
        resources.map(
          (name) => `${group === '' ? '' : `${group}/`}${name}${resourceNames ? ' (named)' : ''}: ${verbs.join(' ')}`,
        ),
      ),
    )
    .sort();
}
