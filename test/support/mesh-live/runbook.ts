import { readFileSync } from 'node:fs';
import path from 'node:path';

import { parse } from 'yaml';

const runbooks = path.resolve(import.meta.dirname, '../../../docs/runbooks');

interface Provider {
  name: string;
  envoyFileAccessLog: { path: string; logFormat: object };
}

/** Returns the access log providers that a runbook tells administrators to configure. */
export function runbookProviders(file: string): Provider[] {
  const text = readFileSync(path.join(runbooks, file), 'utf8');
  const blocks = [...text.matchAll(/^( *)```yaml\n([\s\S]*?)^ *```/gm)].map(([, indent = '', block = '']) =>
    block.replaceAll(new RegExp(`^${indent}`, 'gm'), ''),
  );
  return blocks
    .filter((block) => block.startsWith('meshConfig:'))
    .flatMap(
      (block) => (parse(block) as { meshConfig: { extensionProviders: Provider[] } }).meshConfig.extensionProviders,
    );
}
