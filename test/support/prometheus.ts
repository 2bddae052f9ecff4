import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';

import { prometheusBinary } from '../../dev/go-binaries.mjs';
import { eventually } from './eventually.js';
import { freePort } from './program.js';

export interface PrometheusServer {
  url: string;
  /** Returns one line for each failing rule. */
  failingRules(): Promise<string[]>;
  stop(): Promise<void>;
}

export interface PrometheusOptions {
  /** A dedicated folder. */
  dir: string;
  /** The text of a rule file. */
  rules: string;
  scrapeConfigs: readonly object[];
}

interface RulesAnswer {
  data: { groups: { rules: { name: string; health: string; lastError?: string }[] }[] };
}

/** Starts a real Prometheus on loopback that scrapes its targets every second. */
export async function startPrometheus({ dir, rules, scrapeConfigs }: PrometheusOptions): Promise<PrometheusServer> {
  const binary = await prometheusBinary();
  mkdirSync(dir, { recursive: true });
  const file = path.join(dir, 'prometheus.yml');
  writeFileSync(path.join(dir, 'rules.yml'), rules);
  // JSON is YAML.
  const config = { global: { scrape_interval: '1s', scrape_timeout: '1s' }, rule_files: ['rules.yml'] };
  writeFileSync(file, JSON.stringify({ ...config, scrape_configs: scrapeConfigs }));
  const port = await freePort();
  const child = spawn(
    binary,
    [
      `--config.file=${file}`,
      `--storage.tsdb.path=${path.join(dir, 'data')}`,
      '--log.level=warn',
      `--web.listen-address=127.0.0.1:${port}`,
    ],
    { cwd: dir, stdio: ['ignore', 'pipe', 'pipe'], env: { PATH: process.env['PATH'] } },
  );
  let output = '';
  const ended = once(child, 'exit');
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (output += chunk.toString()));
  const url = `http://127.0.0.1:${port}`;
  await eventually('Prometheus is ready', async () => {
    if (child.exitCode !== null) throw new Error(`Prometheus ended:\n${output.slice(-2_000)}`);
    return (await fetch(`${url}/-/ready`)).ok;
  });
  return {
    url,
    failingRules: async () => {
      const { data } = (await (await fetch(`${url}/api/v1/rules`)).json()) as RulesAnswer;
      const all = data.groups.flatMap((group) => group.rules);
      return all.filter(({ health }) => health === 'err').map(({ name, lastError }) => `${name}: ${lastError ?? ''}`);
    },
    stop: async () => {
      child.kill('SIGTERM');
      await ended;
    },
  };
}
