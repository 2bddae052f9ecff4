import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { environmentSchema } from '#config';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';

const read = (file: string): string => readFileSync(join(import.meta.dirname, '../..', file), 'utf8');

const service = z.object({
  image: z.string(),
  user: z.string().optional(),
  mem_limit: z.string().optional(),
  read_only: z.boolean().optional(),
  cap_drop: z.array(z.string()).optional(),
  security_opt: z.array(z.string()).optional(),
  command: z.array(z.string()).optional(),
  environment: z.record(z.string(), z.string()).default({}),
  ports: z.array(z.string()).default([]),
  networks: z.array(z.string()).default([]),
  depends_on: z.record(z.string(), z.object({ condition: z.string() })).default({}),
});
const compose = z
  .object({
    services: z.record(z.string(), service),
    networks: z.record(z.string(), z.object({ internal: z.boolean().optional() })),
  })
  .parse(parse(read('docker-compose.yml'), { merge: true }));
const services = Object.entries(compose.services).map(([name, settings]) => ({ name, ...settings }));
const own = services.filter(({ image }) => image === 'bulkhead');

describe.each(services)('the service $name', (settings) => {
  test('can neither write to its image nor gain a privilege', () => {
    expect(settings).toMatchObject({ read_only: true, cap_drop: ['ALL'], security_opt: ['no-new-privileges:true'] });
  });

  test('is not root', () => {
    // Our own image sets its user in the Dockerfile.
    if (settings.image !== 'bulkhead') expect(settings.user).toMatch(/^(?!root|0)\w+/);
  });

  test('is published to this machine only', () => {
    for (const port of settings.ports) expect(port).toMatch(/^127\.0\.0\.1:/);
  });

  test('has no well-known password', () => {
    for (const [name, value] of Object.entries(settings.environment)) {
      const withoutVariables = value.replaceAll(/\$\{[A-Z_]+:\?[^}]*\}/g, '');
      if (/PASSWORD|AUTH|SECRET|TOKEN/.test(name)) expect(withoutVariables, name).toBe('');
      expect(withoutVariables, name).not.toMatch(/:[^/@]+@/);
    }
  });

  test('pins the version of its image', () => {
    if (settings.image !== 'bulkhead') expect(settings.image).toMatch(/^\w+:\d+\.\d+/);
  });

  test('cannot take all of the memory', () => {
    expect(settings.mem_limit).toMatch(/^\d+[mg]$/);
  });
});

test('services that use the database wait for the migrations', () => {
  const dependants = own.filter(({ name, environment }) => name !== 'migrate' && 'DATABASE_URL' in environment);
  expect(dependants.map(({ name }) => name).sort()).toEqual(['api', 'seed-plans', 'worker']);
  for (const { depends_on: waitsFor } of dependants) {
    expect(waitsFor['migrate']).toEqual({ condition: 'service_completed_successfully' });
  }
  expect(compose.services['migrate']?.depends_on).toEqual({ postgres: { condition: 'service_healthy' } });
});

test('the stores are on an internal network', () => {
  expect(compose.networks['data']?.internal).toBe(true);
  for (const name of ['postgres', 'redis']) expect(compose.services[name]?.networks).toEqual(['data']);
});

test('only the worker is configured with a cluster', () => {
  const withCluster = services.filter(({ environment }) => 'BULKHEAD_KUBECONFIG' in environment);
  expect(withCluster.map(({ name }) => name)).toEqual(['worker']);
});

test('every variable is one that Bulkhead reads', () => {
  const known = Object.keys(environmentSchema.shape);
  for (const { environment } of own) expect(known).toEqual(expect.arrayContaining(Object.keys(environment)));
});

describe('the image', () => {
  const lines = read('Dockerfile').split('\n');
  const stages = lines.filter((line) => line.startsWith('FROM '));
  const last = lines.slice(lines.lastIndexOf(stages.at(-1) ?? ''));

  test('starts from a pinned version', () => {
    expect(stages.length).toBeGreaterThan(1);
    for (const stage of stages) {
      expect(stage).toMatch(/^FROM (node:\d+\.\d+\.\d+-\w+-slim|golang:\d+\.\d+\.\d+-\w+)( AS \w+)?$/);
    }
  });

  test('runs as a user other than root, by number so that Kubernetes can check it', () => {
    expect(last.findLast((line) => line.startsWith('USER '))).toMatch(/^USER [1-9]\d*:[1-9]\d*$/);
  });

  test('installs exactly what package-lock.json lists, and contains none of the sources', () => {
    expect(lines.filter((line) => /npm (i|install|ci)\b/.test(line))).toEqual([expect.stringMatching(/^RUN npm ci /)]);
    expect(last.filter((line) => /^(COPY|ADD) /.test(line) && !/^COPY --from=(build|judge) /.test(line))).toEqual([]);
  });

  test('gets no secret while it is built', () => {
    expect(lines.filter((line) => /^(ARG|ENV) .*(PASSWORD|SECRET|TOKEN|KEY|_URL)/i.test(line))).toEqual([]);
  });

  test('contains every program that compose starts', () => {
    const programs = own.flatMap(({ command = [] }) => command.filter((part) => part.startsWith('dist/')));
    expect(programs).toHaveLength(3);
    for (const program of programs) {
      const source = program.replace(/^dist\//, '').replace(/\.js$/, '.ts');
      expect(() => read(source), `${source} is what ${program} is compiled from`).not.toThrow();
    }
  });
});

test('the worker gets the settings of its cluster, by default none', () => {
  expect(compose.services['worker']?.environment).toHaveProperty('BULKHEAD_CLUSTER_FILE');
  expect(JSON.parse(read('deploy/compose/cluster.json'))).toEqual({});
});

test('the recipe for .env can be run twice, and keeps passwords and keys', () => {
  const [recipe = ''] = /^\[ -e \.env \][\s\S]*?^\)$/m.exec(read('docs/runbooks/operate.md')) ?? [];
  const folder = mkdtempSync(join(tmpdir(), 'bulkhead-env-'));
  const run = (): string => {
    execFileSync('sh', ['-c', recipe], { cwd: folder });
    return readFileSync(join(folder, '.env'), 'utf8');
  };
  const first = run();
  expect(first).toMatch(/^POSTGRES_PASSWORD=[\da-f]{48}\nREDIS_PASSWORD=[\da-f]{48}\nBULKHEAD_SIGNING_KEY="-----BEGIN/);
  expect(run()).toBe(first);
  expect(statSync(join(folder, '.env')).mode & 0o777).toBe(0o600);
  rmSync(folder, { recursive: true });
});
