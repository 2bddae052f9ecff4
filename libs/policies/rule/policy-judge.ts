import { execFile } from 'node:child_process';

import { DomainError, type ProblemDetail } from '#problems';
import { Injectable, Logger } from '@nestjs/common';
import { z } from 'zod';

import { celPolicyOf } from './cel-rule.js';
import { type PolicySpec } from './policy-spec.js';

const TIME_LIMIT_MS = 10_000;
/** A rule is compiled inside the transaction that stores it, which Postgres ends after five seconds without a statement. */
const COMPILE_LIMIT_MS = 4_000;
const MOST_OUTPUT = 4 << 20;

/** A write of one object, in the form of an admission request. */
export interface PolicyReview {
  operation: 'CREATE' | 'UPDATE';
  /** Plural name. */
  resource: string;
  object: Record<string, unknown>;
  oldObject: Record<string, unknown> | null;
  namespaceObject: Record<string, unknown> | null;
}

/** A policy that compiles, as it is stored. */
export interface CompiledPolicy {
  spec: PolicySpec;
  /** Whether its Rego was converted from v0. */
  isConverted: boolean;
}

/** Location of the program: a path, or a name to look up in a search path like `PATH`. */
export interface JudgeLocation {
  program: string;
  searchPath: string;
}

const verdictSchema = z.object({
  errors: z.array(z.object({ pointer: z.string(), line: z.int(), column: z.int(), message: z.string() })),
  results: z.array(z.object({ violations: z.array(z.string()), error: z.string().nullable() })),
  converted: z.object({ source: z.string(), libs: z.array(z.string()) }).optional(),
  expressions: z.array(z.string()).optional(),
});
export type PolicyResult = z.output<typeof verdictSchema>['results'][number];

/**
 * Compiles rules and tests them against objects with the engines that enforce them: the CEL of the Kubernetes API
 * server and OPA. They run in the program `apps/policy-judge`, which uses neither network nor cluster.
 */
@Injectable()
export class PolicyJudge {
  private readonly logger = new Logger(PolicyJudge.name);

  constructor(private readonly location: JudgeLocation) {}

  /**
   * Compiles a policy. Returns it as it is to be stored: Rego v0 is converted to v1, as `opa fmt` does.
   * @throws `policy.rule_invalid` with line and column of each error in the text as it was written;
   *   `policy.judge_unavailable`
   */
  async compile(spec: PolicySpec): Promise<CompiledPolicy> {
    const { converted } = await this.judge(spec, [], COMPILE_LIMIT_MS);
    const { rego } = spec.rule;
    if (rego === undefined || converted === undefined) return { spec, isConverted: false };
    const { source, libs } = converted;
    const rule = { rego: { ...rego, source, ...(rego.libs === undefined ? {} : { libs }) } };
    return { spec: { ...spec, rule }, isConverted: true };
  }

  /**
   * Evaluates writes against a policy, whatever its target, mode and match.
   * @throws like `compile`
   */
  async try(spec: PolicySpec, reviews: readonly PolicyReview[]): Promise<PolicyResult[]> {
    return (await this.judge(spec, reviews, TIME_LIMIT_MS)).results;
  }

  /**
   * Replaces the variable `params` in expressions of CEL.
   * @param refuse makes the error for the expression with this index
   * @throws what `refuse` returns; `policy.judge_unavailable`
   */
  async renameParams(
    expressions: readonly string[],
    replacement: string,
    refuse: (index: number, detail: string) => Error,
  ): Promise<string[]> {
    const question = { engine: 'rename-params', expressions, replacement };
    const { errors, expressions: renamed = [] } = await this.ask(question, COMPILE_LIMIT_MS);
    const [error] = errors;
    if (error === undefined) return renamed;
    throw refuse(Number(error.pointer.slice(1)), `${error.line}:${error.column}: ${error.message}`);
  }

  private async judge(
    spec: PolicySpec,
    reviews: readonly PolicyReview[],
    timeout: number,
  ): Promise<z.output<typeof verdictSchema>> {
    const verdict = await this.ask({ ...questionOf(spec), reviews }, timeout);
    if (verdict.errors.length === 0) return verdict;
    const details = verdict.errors.map(({ pointer, line, column, message }): ProblemDetail => {
      const where =
        spec.rule.rego === undefined ? inRule(pointer) : `/rule/rego${pointer === '' ? '/source' : pointer}`;
      return { pointer: where, code: 'policy.rule_invalid', detail: `${line}:${column}: ${message}` };
    });
    throw new DomainError('policy.rule_invalid', details[0]?.detail ?? '', { errors: details });
  }

  private async ask(question: object, timeout: number): Promise<z.output<typeof verdictSchema>> {
    const output = await new Promise<string>((resolve, reject) => {
      const { program, searchPath } = this.location;
      // Do not pass on the environment: it contains secrets, and the program runs untrusted rules.
      const env = { PATH: searchPath };
      const options = { timeout, killSignal: 'SIGKILL', maxBuffer: MOST_OUTPUT, env } as const;
      const child = execFile(program, [], options, (error, stdout) => {
        if (error === null) resolve(stdout);
        else reject(new Error('the policy judge did not answer', { cause: error }));
      });
      // The program can exit, or fail to start, before all input is written.
      child.stdin?.on('error', () => undefined);
      child.stdin?.end(JSON.stringify(question));
    }).catch((error: unknown) => {
      this.logger.error({ err: error }, 'the policy judge failed');
      throw new DomainError('policy.judge_unavailable', 'Policies cannot be compiled right now; retry later.', {
        cause: error,
      });
    });
    return verdictSchema.parse(JSON.parse(output));
  }
}

/** Skips the variable of the parameters, which comes before those of the rule. */
function inRule(pointer: string): string {
  if (pointer.startsWith('/variables/0/')) return '/parameters';
  return `/rule/cel${pointer.replace(/^\/variables\/(\d+)/, (_, index) => `/variables/${Number(index) - 1}`)}`;
}

function questionOf(spec: PolicySpec): object {
  const { rego } = spec.rule;
  if (rego !== undefined) {
    return { engine: 'rego', source: rego.source, libs: rego.libs ?? [], parameters: spec.parameters };
  }
  const { variables, validations, annotations } = celPolicyOf(spec);
  return { engine: 'cel', variables, validations, parameters: annotations };
}
