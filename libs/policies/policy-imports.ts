import { type Transaction } from '#persistence';
import { DomainError, invalidField, type ProblemDetail } from '#problems';
import { Injectable } from '@nestjs/common';

import { type ImportedCel, type ImportedPolicy, type YamlPlace } from './import/imported-policy.js';
import { readImport } from './import/read-import.js';
import { textOf } from './import/yaml-source.js';
import { CONVERTED, PoliciesService, type PolicyAtVersion } from './policies.service.js';
import { PolicyJudge } from './rule/policy-judge.js';
import { policyIdSchema, type PolicySpec, policySpecSchema } from './rule/policy-spec.js';

/** The text of a policy of another product, and what Bulkhead has to know in addition. */
export interface PolicyImport extends Pick<PolicySpec, 'target' | 'exceptions'> {
  yaml: string;
  /** By default the name in the text. */
  id?: string | undefined;
  description?: string | undefined;
  /** By default that of the text. */
  mode?: PolicySpec['mode'] | undefined;
}

/** A policy of another product as Bulkhead would store it. */
export interface ConvertedPolicy {
  id: string;
  description: string;
  spec: PolicySpec;
  warnings: string[];
}

/** The parameter that has the object which expressions read as `params`. */
const PARAMS = 'params';

/** Creates policies from those of Gatekeeper, the API server and Kyverno. */
@Injectable()
export class PolicyImports {
  constructor(
    private readonly policies: PoliciesService,
    private readonly judge: PolicyJudge,
  ) {}

  /**
   * Returns the policy that `create` would create, compiled.
   * @throws `request.invalid` for everything that cannot be carried over; `policy.rule_invalid`,
   *   `policy.judge_unavailable`
   */
  async preview(wanted: PolicyImport): Promise<ConvertedPolicy> {
    const { policy, places } = await this.convert(wanted);
    const { spec, isConverted } = await this.judge.compile(policy.spec).catch(inYaml(places));
    return { ...policy, spec, warnings: [...policy.warnings, ...(isConverted ? [CONVERTED] : [])] };
  }

  /** @throws those of `preview`, and those of `PoliciesService.create` */
  async create(transaction: Transaction, createdBy: string, wanted: PolicyImport): Promise<PolicyAtVersion> {
    const { policy, places } = await this.convert(wanted);
    const created = await this.policies.create(transaction, createdBy, policy).catch(inYaml(places));
    return { ...created, warnings: [...policy.warnings, ...(created.warnings ?? [])] };
  }

  private async convert({
    yaml,
    id,
    description,
    mode,
    target,
    exceptions,
  }: PolicyImport): Promise<{ policy: ConvertedPolicy; places: ImportedPolicy['places'] }> {
    const read = readImport(yaml);
    const imported = 'params' in read ? await this.withoutParams(read) : read;
    const { places } = imported;
    const named = policyIdSchema.safeParse(id ?? imported.name);
    if (!named.success) {
      throw invalidField('/id', `"${imported.name}" cannot be the id of a policy: set "id".`);
    }
    const { rule, parameters } = imported;
    const parsed = policySpecSchema.safeParse({ target, exceptions, mode: mode ?? imported.mode, rule, parameters });
    if (!parsed.success) {
      const errors = parsed.error.issues.map(({ path, message }) => ({
        pointer: path.map((key) => `/${String(key)}`).join(''),
        code: 'custom',
        detail: message,
      }));
      return inYaml(places)(new DomainError('request.invalid', errors[0]?.detail ?? '', { errors }));
    }
    const policy = { id: named.data, description: description ?? imported.description, spec: parsed.data };
    return { policy: { ...policy, warnings: imported.warnings }, places };
  }

  /** Makes expressions read the parameters of Bulkhead where they read `params`. */
  private async withoutParams(read: ImportedCel): Promise<ImportedPolicy> {
    const { cel } = read.rule as { cel: { variables: Texts[]; validations: Texts[] } };
    const all = [...cel.variables, ...cel.validations].flatMap((each) =>
      (['expression', 'messageExpression'] as const).flatMap((key) => (each[key] === undefined ? [] : [{ each, key }])),
    );
    if (read.params === null) return read;
    const refuse = (index: number, detail: string): Error =>
      invalidField('/yaml', `${detail} in: ${texts[index] ?? ''}`);
    const texts = all.map(({ each, key }) => textOf(each[key]));
    const renamed = await this.judge.renameParams(texts, `variables.parameters.${PARAMS}`, refuse);
    const changed = new Map<Texts, Texts>();
    all.forEach(({ each, key }, index) => changed.set(each, { ...(changed.get(each) ?? each), [key]: renamed[index] }));
    const inNew = (list: Texts[]): Texts[] => list.map((each) => changed.get(each) ?? each);
    const rule = { cel: { ...cel, variables: inNew(cel.variables), validations: inNew(cel.validations) } };
    return { ...read, rule, parameters: { [PARAMS]: read.params } };
  }
}

interface Texts {
  expression?: unknown;
  messageExpression?: unknown;
}

/** Returns a function that throws an error about a policy as one about the YAML that it was made of. */
function inYaml(places: ReadonlyMap<string, YamlPlace>) {
  return (error: unknown): never => {
    if (!(error instanceof DomainError)) throw error;
    const errors = error.errors.map((each) => placed(each, places));
    throw new DomainError(error.code, errors[0]?.detail ?? error.message, { errors, cause: error });
  };
}

function placed(detail: ProblemDetail, places: ReadonlyMap<string, YamlPlace>): ProblemDetail {
  const found = [...places].find(([pointer]) => detail.pointer === pointer || detail.pointer.startsWith(`${pointer}/`));
  if (found === undefined) return detail;
  const [pointer, { object, path }] = found;
  const more = detail.pointer
    .slice(pointer.length)
    .split('/')
    .slice(1)
    .map((key) => (/^\d+$/.test(key) ? Number(key) : key));
  return { ...detail, pointer: '/yaml', detail: object.describe([...path, ...more], detail.detail) };
}
