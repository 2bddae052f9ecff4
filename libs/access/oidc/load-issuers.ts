import { readFileSync } from 'node:fs';

import { ConfigError } from '#config';
import { z } from 'zod';

import { type Issuer, issuersFile } from './issuer.js';

/**
 * Reads the file that `BULKHEAD_ISSUERS_FILE` names.
 * @param file null: nobody issues tokens, so there are only API keys
 * @throws ConfigError naming what is wrong
 */
export function loadIssuers(file: string | null): Issuer[] {
  if (file === null) return [];
  const parsed = issuersFile.safeParse(readJson(file));
  if (parsed.success) return parsed.data.issuers;
  throw new ConfigError(`BULKHEAD_ISSUERS_FILE: ${z.prettifyError(parsed.error)}`);
}

function readJson(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as unknown;
  } catch (error) {
    throw new ConfigError('BULKHEAD_ISSUERS_FILE: the file cannot be read as JSON', { cause: error });
  }
}
