import { readFileSync } from 'node:fs';

import { type ClusterConnection, type ClusterSettings, clusterSettingsSchema } from '#clusters';
import { type Config, ConfigError } from '#config';
import { loadCredentials } from '#kube';
import { z } from 'zod';

/** The name of the cluster that the environment describes; a migration has made its row. */
const CONFIGURED_CLUSTER = 'default';

/**
 * The connection to the cluster that the environment describes.
 * @throws KubeconfigError, ConfigError naming the variable and what is wrong with its value
 */
export function configuredConnection({ kubeconfigFile, clusterFile }: Config['worker']): ClusterConnection {
  return {
    name: CONFIGURED_CLUSTER,
    credentials: loadCredentials(kubeconfigFile),
    settings: loadClusterSettings(clusterFile),
  };
}

/** Reads the file that `BULKHEAD_CLUSTER_FILE` names; without one, only what can be detected is known. */
function loadClusterSettings(file: string | null): ClusterSettings {
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
