import { execFile } from 'node:child_process';

import { DomainError, invalidField, type ProblemDetail } from '#problems';
import { Injectable, Logger } from '@nestjs/common';
import { z } from 'zod';

import { celParameters, libraryRule, parametersVariable } from './library.js';
import { type CelRule, type PolicySpec } from './policy-spec.js';

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

/** Location of the program: a path, or a name to look up in a search path like `PATH`. */
export interface JudgeLocation {
  program: string;
  searchPath: string;
}

const verdictSchema = z.object({
  errors: z.array(z.object({ pointer: z.string(), line: z.int(), column: z.int(), message: z.string() })),
  results: z.array(z.object({ violations: z.array(z.string()), error: z.string().nullable() })),
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

  /** @throws `policy.rule_invalid` with line and column of each error; `policy.judge_unavailable` */
  async check(spec: PolicySpec): Promise<void> {
    await this.judge(spec, [], COMPILE_LIMIT_MS);
  }

  /**
   * Evaluates writes against a policy, whatever its target and mode.
   * @throws like `check`
   */
  async try(spec: PolicySpec, reviews: readonly PolicyReview[]): Promise<PolicyResult[]> {
    return this.judge(spec, reviews, TIME_LIMIT_MS);
  }

  private async judge(spec: PolicySpec, reviews: readonly PolicyReview[], timeout: number): Promise<PolicyResult[]> {
    const { errors, results } = await this.ask({ ...questionOf(spec), reviews }, timeout);
    if (errors.length === 0) return results;
    const details = errors.map(({ pointer, line, column, message }): ProblemDetail => {
      const where = spec.rule.rego === undefined ? `/rule/cel${inRule(pointer)}` : '/rule/rego/source';
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

/** Skips the variable that is prepended to those of the rule. */
function inRule(pointer: string): string {
  return pointer.replace(/^\/variables\/(\d+)/, (_, index) => `/variables/${Number(index) - 1}`);
}

function questionOf(spec: PolicySpec): object {
  const { rego } = spec.rule;
  if (rego !== undefined) return { engine: 'rego', source: rego.source, parameters: spec.parameters };
  const { variables, validations } = celRuleOf(spec);
  return {
    engine: 'cel',
    variables: [parametersVariable, ...variables],
    validations,
    parameters: celParameters(spec.parameters),
  };
}

/**
 * Returns the CEL of a policy that is not written in Rego.
 * @throws `request.invalid` if the library has no such rule, or the parameters do not fit the rule
 */
export function celRuleOf({ rule, parameters }: PolicySpec): CelRule {
  if (rule.cel !== undefined) return rule.cel;
  const name = rule.library?.name ?? '';
  const found = libraryRule(name);
  if (found === undefined) throw invalidField('/rule/library/name', `The library has no rule "${name}".`);
  for (const [key, { type }] of Object.entries(found.parameters)) {
    const value = parameters[key];
    const fits = type === 'list' ? Array.isArray(value) && value.length > 0 : Number.isInteger(value);
    if (!fits) throw invalidField(`/parameters/${key}`, `The rule "${name}" requires a ${typeNames[type]}.`);
    const broken = Array.isArray(value) && value.some((item) => item === '' || item.includes(','));
    if (broken) throw invalidField(`/parameters/${key}`, 'Items must not be empty or contain commas.');
  }
  const unknown = Object.keys(parameters).find((key) => !(key in found.parameters));
  if (unknown !== undefined) throw invalidField(`/parameters/${unknown}`, `The rule "${name}" has no such parameter.`);
  return found.cel;
}

const typeNames = { list: 'non-empty list', number: 'whole number' } as const;
