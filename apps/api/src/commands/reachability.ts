import { readFile, writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';

import {
  type ClusterFacts,
  type KubernetesObject,
  type ProbePlan,
  probePlan,
  renderGuardrail,
  renderNetwork,
  UnreadableObjectError,
  UnrenderableTenant,
} from '#isolation';
import { PersistenceModule } from '#persistence';
import { type PlacedTenant, DesiredTenants } from '#tenancy';
import { DataSource } from 'typeorm';
import { z } from 'zod';

import { CommandError, runCommand, runWithoutConfig, withModules } from './command.js';

const USAGE = 'usage: bulkhead reachability --probes FILE [--objects FILE [--pod-cidr CIDR]...] [--namespace NAME]...';
const MOST_PODS = 250;

interface Options {
  probes: string;
  objects: string | null;
  podCidrs: readonly string[];
  namespaces: readonly string[] | null;
}

/** The fields that affect reachability; the rest, such as `managedFields`, is dropped. */
const objectSchema = z
  .object({
    apiVersion: z.string(),
    kind: z.string(),
    metadata: z.object({
      name: z.string(),
      namespace: z.string().optional(),
      labels: z.record(z.string(), z.string()).optional(),
    }),
    spec: z.unknown().optional(),
  })
  .transform(({ metadata: { name, namespace, labels }, spec, ...rest }): KubernetesObject => ({
    ...rest,
    metadata: { name, ...(namespace !== undefined && { namespace }), ...(labels !== undefined && { labels }) },
    ...(spec !== undefined && { spec }),
  }));
const listSchema = z.union([
  z.array(objectSchema),
  z.object({ items: z.array(objectSchema) }).transform(({ items }) => items),
  objectSchema.transform((object) => [object]),
]);

/**
 * `reachability --probes FILE`: writes which probe pods to create and which of them can reach each other. The input is
 * the tenants in the database or, with `--objects FILE`, Kubernetes objects in JSON; the latter needs neither
 * configuration nor database.
 */
await (process.argv.includes('--objects')
  ? runWithoutConfig(async () => {
      const options = optionsFrom(process.argv.slice(2));
      await write(options, await readObjects(options.objects ?? ''), options.podCidrs);
    })
  : runCommand(async (config) => {
      const options = optionsFrom(process.argv.slice(2));
      await withModules([PersistenceModule.forRoot(config.database, 'bulkhead-reachability')], async (app) => {
        const tenants = await new DesiredTenants(app.get(DataSource, { strict: false })).all();
        const [first] = tenants;
        const objects = [
          ...(first === undefined ? [] : renderGuardrail(factsOf(first))),
          ...tenants.flatMap(networkOf),
        ];
        await write(options, objects, first === undefined ? [] : factsOf(first).podCidrs);
      });
    }));

function optionsFrom(args: string[]): Options {
  try {
    const one = { type: 'string' } as const;
    const many = { type: 'string', multiple: true } as const;
    const options = { probes: one, objects: one, 'pod-cidr': many, namespace: many };
    const { values } = parseArgs({ args, options });
    const { probes, objects = null, namespace: namespaces = null, 'pod-cidr': podCidrs = [] } = values;
    if (probes !== undefined && (objects !== null || podCidrs.length === 0)) {
      return { probes, objects, podCidrs, namespaces };
    }
  } catch {
    // Unknown option: print the usage.
  }
  throw new CommandError(USAGE);
}

function factsOf({ clusterFacts }: PlacedTenant): ClusterFacts {
  if (clusterFacts === null) {
    throw new CommandError('No worker has inspected the cluster yet, so its capabilities are unknown.');
  }
  return clusterFacts;
}

/** The network objects of a tenant; one for which they cannot be computed is reported and left out. */
function networkOf(tenant: PlacedTenant): KubernetesObject[] {
  try {
    return renderNetwork({ ...tenant, cluster: factsOf(tenant) });
  } catch (error) {
    if (!(error instanceof UnrenderableTenant)) throw error;
    console.log(`left out: ${error.message}`);
    return [];
  }
}

async function readObjects(file: string): Promise<KubernetesObject[]> {
  let json: unknown;
  try {
    json = JSON.parse(await readFile(file, 'utf8'));
  } catch {
    throw new CommandError(`${file} is not readable JSON.`);
  }
  const parsed = listSchema.safeParse(json);
  if (!parsed.success) throw new CommandError(`${file} contains no list of Kubernetes objects.`);
  return parsed.data;
}

async function write(
  options: Options,
  objects: readonly KubernetesObject[],
  podCidrs: readonly string[],
): Promise<void> {
  const { namespaces, probes } = options;
  const plan = planOf(objects, { namespaces, podCidrs, mostPods: MOST_PODS });
  await writeFile(probes, textOf(plan));
  const count = (expected: string): number => plan.expectations.filter(({ expect }) => expect === expected).length;
  console.log(
    `${plan.pods.length} pods in ${plan.namespaces.length} namespaces; ` +
      `${count('allowed')} allowed, ${count('blocked')} blocked, ${count('undefined')} undefined`,
  );
  if (plan.notJudged.length > 0) console.log(`not evaluated, or only approximately: ${plan.notJudged.join(', ')}`);
}

function planOf(...args: Parameters<typeof probePlan>): ProbePlan {
  try {
    return probePlan(...args);
  } catch (error) {
    if (error instanceof UnreadableObjectError || error instanceof RangeError) throw new CommandError(error.message);
    throw error;
  }
}

/** Renders JSON with one line per entry, so that two files can be diffed. */
function textOf(plan: ProbePlan): string {
  const members = Object.entries(plan).map(([key, entries]: [string, readonly unknown[]]) => {
    const lines = entries.map((entry) => `\n    ${JSON.stringify(entry)}`);
    return `  ${JSON.stringify(key)}: [${lines.join(',')}${lines.length > 0 ? '\n  ' : ''}]`;
  });
  return `{\n${members.join(',\n')}\n}\n`;
}
