import { execFile, spawnSync } from 'node:child_process';

import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';

import { Bulkhead } from '../support/bulkhead.js';
import { type Missing, unless } from '../support/requirements.js';

/** The program of Schemathesis, which generates requests from an OpenAPI document. */
const program = process.env['BULKHEAD_SCHEMATHESIS'] ?? 'schemathesis';

function missing(): Missing | null {
  if (spawnSync(program, ['--version']).status === 0) return null;
  return {
    reason: 'Schemathesis is not here.',
    remedy: 'Install Python and `pip install schemathesis==4.32.5`, or set BULKHEAD_SCHEMATHESIS to its program.',
  };
}

/** What every response has to be like. */
const checks = [
  'not_a_server_error',
  'status_code_conformance',
  'content_type_conformance',
  'response_schema_conformance',
].join(',');

describe('requests that are generated from the document', unless(missing()), () => {
  let bulkhead: Bulkhead;
  beforeAll(async () => {
    bulkhead = await Bulkhead.start();
    // It inspects the cluster, and carries nothing out: what is generated could stand in the way of other tests.
    await (await bulkhead.startWorker()).stop();
  });
  afterAll(() => bulkhead.stop());

  test('get no internal error, and only responses that the document describes', async () => {
    const key = await bulkhead.createKey('platform-admin');
    const args = [
      ...['run', `${bulkhead.url}/openapi.json`, '--no-color', '--header', `Authorization: Bearer ${key}`],
      ...['--checks', checks, '--phases', 'examples,coverage,fuzzing', '--max-examples', '5', '--seed', '1'],
      ...['--generation-deterministic', '--generation-allow-x00', 'false', '--no-shrink', '--continue-on-failure'],
      // Previews and trials of policies need a worker, an event stream a change; this test has neither. The document's own
      // example would wait for a worker too.
      ...['--exclude-path-regex', '/(events|preview|test)$', '--header', 'Prefer: respond-async'],
      ...['--max-time', '80', '--request-timeout', '30'],
      ...['--suppress-health-check', 'all', '--warnings', 'off'],
    ];
    const { code, output } = await run(args);
    expect(code, output.slice(-20_000)).toBe(0);
  }, 400_000);
});

function run(args: readonly string[]): Promise<{ code: number; output: string }> {
  return new Promise((resolve) => {
    // It keeps a cache in the folder in which it runs.
    const options = { cwd: inject('temporaryFolder'), maxBuffer: 256 * 1024 * 1024 };
    execFile(program, args, options, (error, stdout, stderr) => {
      resolve({ code: error === null ? 0 : Number(error.code ?? 1), output: `${stdout}\n${stderr}` });
    });
  });
}
