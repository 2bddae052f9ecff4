// `npm run docs`: writes the files that are generated from the code. A test fails when one is stale.
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { environmentSchema, secretVariables } from '#config';
import { fleetDashboard, ruleFileYaml } from '#observability';
import { z } from 'zod';
import { root } from './paths.mjs';

const introduction = `<!-- Generated from libs/config/environment.ts by \`npm run docs\`. Do not edit. -->

# Configuration

The API, the worker and their commands read these environment variables. A process exits at once if one is invalid; the
message names the variable and never contains the value. An empty variable counts as absent.

A variable marked as secret can also be set as \`<NAME>_FILE\`, the path of a file that holds the value.`;

function configurationPage() {
  const { properties, required } = z.toJSONSchema(environmentSchema, { io: 'input' });
  const sections = Object.entries(properties).map(([name, property]) => {
    const facts = [
      required.includes(name) ? 'Required' : [],
      secretVariables.includes(name) ? `Secret: \`${name}_FILE\` works too` : [],
      valuesOf(property),
      property.default === undefined ? [] : `Default: \`${property.default}\``,
    ].flat();
    const list = facts.map((fact) => `- ${fact}`).join('\n');
    return [`## \`${name}\``, property.description, list].filter((part) => part !== '').join('\n\n');
  });
  return `${[introduction, ...sections].join('\n\n')}\n`;
}

function valuesOf({ enum: names, minimum, maximum }) {
  if (names !== undefined) return `One of ${names.map((name) => `\`${name}\``).join(', ')}`;
  return minimum === undefined ? [] : `A whole number from ${minimum} to ${maximum}`;
}

/**
 * Returns the types of the client, from the OpenAPI document.
 * @param {string} document JSON
 */
export async function clientTypes(document) {
  const { default: openapiTypes, astToString } = await import('openapi-typescript');
  const options = { rootTypes: true, rootTypesNoSchemaPrefix: true, defaultNonNullable: false };
  const types = astToString(await openapiTypes(JSON.parse(document), { ...options, silent: true }));
  return `// Generated from apps/api/openapi.json by \`npm run docs\`. Do not edit.\n${types}`;
}

/** Returns the generated files by their path in the repository. */
export function madeFiles() {
  return {
    'docs/configuration.md': configurationPage(),
    'deploy/prometheus/bulkhead-rules.yaml': `# Generated from libs/observability by \`npm run docs\`. Do not edit.\n${ruleFileYaml()}`,
    'deploy/grafana/bulkhead-fleet.json': `${JSON.stringify(fleetDashboard, null, 2)}\n`,
  };
}

if (import.meta.filename === process.argv[1]) {
  await import('reflect-metadata');
  // The API has no other entrance than its programs, so the document is taken from what `npm run build` compiled.
  const { contractText, rolesText } = await import(
    new URL('../build/apps/api/src/contract/described-api.js', import.meta.url)
  );
  const document = await contractText();
  const files = {
    ...madeFiles(),
    'apps/api/openapi.json': document,
    'clients/typescript/src/openapi.ts': await clientTypes(document),
    'docs/roles.md': await rolesText(),
  };
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
}
