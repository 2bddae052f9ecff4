import { InvalidArgumentError } from 'commander';
import { parse } from 'yaml';

import { resolve, type Schema } from './api-document.js';

/** How a value of a schema is given on the command line. */
export type ValueKind = 'text' | 'number' | 'boolean' | 'list' | 'pairs' | 'yaml';

/** Returns how a value is given: `--labels region=eu`, `--environments main staging`, and YAML for what is deeper. */
export function kindOf(schema: Schema): ValueKind {
  const plain = withoutNull(schema);
  if (plain.length > 1) return plain.some((each) => typesOf(each).includes('string')) ? 'text' : 'yaml';
  const [only = {}] = plain;
  const [type] = typesOf(only).filter((each) => each !== 'null');
  if (type === 'integer' || type === 'number') return 'number';
  if (type === 'boolean') return 'boolean';
  if (type === 'array') return typesOf(resolve(only.items ?? {}))[0] === 'string' ? 'list' : 'yaml';
  if (type === 'object') return typesOf(resolve(pairsOf(only)))[0] === 'string' ? 'pairs' : 'yaml';
  return type === 'string' ? 'text' : 'yaml';
}

/** Returns the names that a value can have; none if it is not one of a list. */
export function choicesOf(schema: Schema): string[] {
  const [only = {}, ...others] = withoutNull(schema);
  if (others.length > 0) return [];
  return only.enum ?? resolve(only.items ?? {}).enum ?? [];
}

/**
 * Returns the value that a text stands for.
 * @param earlier the value of the same flag given before; lists and pairs are added to it
 * @throws InvalidArgumentError in words for the user
 */
export function valueOf(kind: ValueKind, text: string, earlier: unknown): unknown {
  switch (kind) {
    case 'text':
      return text.startsWith('{') ? parsedYaml(text) : text;
    case 'number':
      return numberOf(text);
    case 'boolean':
      if (text !== 'true' && text !== 'false') throw new InvalidArgumentError('Must be true or false.');
      return text === 'true';
    case 'list':
      return [...((earlier as string[] | undefined) ?? []), text];
    case 'pairs':
      return { ...(earlier as object | undefined), ...pairOf(text) };
    case 'yaml':
      return parsedYaml(text);
  }
}

function withoutNull(schema: Schema): Schema[] {
  const whole = resolve(schema);
  const branches = whole.anyOf ?? whole.oneOf ?? [whole];
  return branches.map(resolve).filter(({ type }) => type !== 'null');
}

function typesOf({ type = [], enum: names }: Schema): string[] {
  if (names !== undefined && type.length === 0) return ['string'];
  return [type].flat();
}

function pairsOf({ additionalProperties }: Schema): Schema {
  return typeof additionalProperties === 'object' ? additionalProperties : {};
}

function numberOf(text: string): number {
  const value = text.trim() === '' ? Number.NaN : Number(text);
  if (Number.isNaN(value)) throw new InvalidArgumentError('Must be a number.');
  return value;
}

function pairOf(text: string): Record<string, string> {
  const at = text.indexOf('=');
  if (at < 1) throw new InvalidArgumentError('Must be NAME=VALUE.');
  return { [text.slice(0, at)]: text.slice(at + 1) };
}

/** Returns the value of a text in YAML, of which JSON is a part. */
export function parsedYaml(text: string): unknown {
  try {
    return parse(text) as unknown;
  } catch (error) {
    throw new InvalidArgumentError(`Must be YAML or JSON: ${error instanceof Error ? error.message : String(error)}`);
  }
}
