import { readFileSync } from 'node:fs';

import { clusterSettingsSchema } from '#clusters';
import { ConfigError } from '#config';
import { z } from 'zod';

/**
 * Reads the file that `BULKHEAD_CLUSTER_FILE` names; without one, only what can be detected is known.
 * @throws ConfigError that says what is wrong with the file.
 */
export function loadClusterSettings(file: string | null): z.output<typeof clusterSettingsSchema> {
  if (file === null) return clusterSettingsSchema.parse({});
  const parsed = clusterSettingsSchema.safeParse(readJson(file));
  if (parsed.success) return parsed.data;
  throw new ConfigError(`BULKHEAD_CLUSTER_FILE: ${z.prettifyError(parsed.error)}`);
}

function readJson(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as unknown;
  } catch (error) {
    throw new ConfigError('BULKHEAD_CLUSTER_FILE: the file cannot be read as JSON', { cause: error });
  }
}
