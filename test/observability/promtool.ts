import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { ruleFileYaml } from '#observability';
import { expect } from 'vitest';

import { promtoolBinary } from '../../dev/go-binaries.mjs';

/** A series in promtool's notation: `name{label="value"}` and `0+30x20` (from 0, 30 more each time, 20 times). */
export interface InputSeries {
  series: string;
  values: string;
}

/** The exact result of an expression at a time. Labels as in `{a="b"}`. */
export interface Expected {
  expr: string;
  at: string;
  samples: Readonly<Record<string, number>>;
}

/** The time between two samples of a series. */
const INTERVAL = '30s';

/** The official tool, which parses and evaluates like the server. */
export class Promtool {
  private constructor(private readonly binary: string) {}

  static async start(): Promise<Promtool> {
    return new Promtool(await promtoolBinary());
  }

  /** @returns its output for a rule file, and whether the file is valid */
  checkRules(rules: string): Promise<{ ok: boolean; output: string }> {
    return this.inFolder({ 'rules.yaml': rules }, ['check', 'rules', '--lint=all', '--lint-fatal', 'rules.yaml']);
  }

  /** Evaluates rules over series, by default the product's rules for tenants' traffic, and checks the expectations. */
  async evaluates(
    input: readonly InputSeries[],
    expected: readonly Expected[],
    rules: string = ruleFileYaml(),
  ): Promise<void> {
    const test = {
      rule_files: ['rules.yaml'],
      evaluation_interval: INTERVAL,
      fuzzy_compare: true,
      tests: [
        {
          interval: INTERVAL,
          input_series: input,
          promql_expr_test: expected.map(({ expr, at, samples }) => ({
            expr,
            eval_time: at,
            exp_samples: Object.entries(samples).map(([labels, value]) => ({ labels, value })),
          })),
        },
      ],
    };
    const files = { 'rules.yaml': rules, 'test.yaml': JSON.stringify(test) };
    const { ok, output } = await this.inFolder(files, ['test', 'rules', 'test.yaml']);
    expect(output).toContain('SUCCESS');
    expect(ok).toBe(true);
  }

  private inFolder(
    files: Readonly<Record<string, string>>,
    args: readonly string[],
  ): Promise<{ ok: boolean; output: string }> {
    const cwd = mkdtempSync(path.join(tmpdir(), 'bulkhead-promtool-'));
    for (const [name, text] of Object.entries(files)) writeFileSync(path.join(cwd, name), text);
    return new Promise((resolve) => {
      execFile(this.binary, args, { cwd }, (error, stdout, stderr) => {
        rmSync(cwd, { recursive: true });
        resolve({ ok: error === null, output: `${stdout}${stderr}` });
      });
    });
  }
}
