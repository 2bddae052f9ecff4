import { DomainError, type ProblemDetail } from '#problems';
import { isMap, LineCounter, parseAllDocuments, type Document } from 'yaml';

/** Keys and indexes from the root of a document. */
export type YamlPath = readonly (string | number)[];

type Json = Record<string, unknown>;

const MOST_DOCUMENTS = 10;

/** One Kubernetes object of a YAML text. Knows where its members are. */
export class YamlObject {
  readonly content: Json;
  readonly group: string;
  readonly kind: string;
  readonly name: string;

  constructor(
    private readonly document: Document,
    private readonly lines: LineCounter,
  ) {
    this.content = document.toJS({ maxAliasCount: 100 }) as Json;
    const { apiVersion, kind, metadata } = this.content;
    this.group = typeof apiVersion === 'string' ? (apiVersion.split('/')[0] ?? '') : '';
    this.kind = typeof kind === 'string' ? kind : '';
    this.name = textOf((metadata as Json | undefined)?.['name']);
  }

  /** Returns the value at a path; undefined if there is none. */
  at(path: YamlPath): unknown {
    return path.reduce<unknown>((value, key) => (value as Json | null | undefined)?.[key], this.content);
  }

  /** Returns the object at a path; empty if there is none. */
  objectAt(path: YamlPath): Json {
    const value = this.at(path);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Json) : {};
  }

  /** Returns the list at a path; empty if there is none. */
  listAt(path: YamlPath): unknown[] {
    const value = this.at(path);
    return Array.isArray(value) ? (value as unknown[]) : [];
  }

  /** `line:column: kind /path: reason`, with the line of the nearest part of the path that is there. */
  describe(path: YamlPath, reason: string): string {
    const parts = path.map((_, index) => this.document.getIn(path.slice(0, path.length - index), true));
    const ranges = [...parts, this.document.contents].map((part) => (part as { range?: number[] } | undefined)?.range);
    const start = ranges.find((range) => range !== undefined)?.[0] ?? 0;
    const { line, col } = this.lines.linePos(start);
    const pointer = path.map((key) => `/${String(key).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
    return `${line}:${col}: ${this.kind} ${pointer}: ${reason}`;
  }
}

/** Returns a value as a text: as it is, or as JSON. */
export function textOf(value: unknown): string {
  if (value === undefined) return '';
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** Collects everything that cannot be carried over, so that a caller learns of all of it at once. */
export class ImportFaults {
  private readonly errors: ProblemDetail[] = [];

  add(object: YamlObject, path: YamlPath, reason: string): void {
    this.errors.push({ pointer: '/yaml', code: 'custom', detail: object.describe(path, reason) });
  }

  /** Adds a fault for each member of an object that is not among those that are carried over. */
  others(object: YamlObject, path: YamlPath, known: readonly string[], reason: string): void {
    for (const key of Object.keys(object.objectAt(path))) {
      if (!known.includes(key)) this.add(object, [...path, key], reason);
    }
  }

  /** @throws `request.invalid` if there are faults */
  assertNone(): void {
    if (this.errors.length === 0) return;
    throw new DomainError('request.invalid', this.errors[0]?.detail ?? '', { errors: this.errors });
  }
}

/**
 * Parses the Kubernetes objects of a YAML text.
 * @throws `request.invalid` with line and column
 */
export function readYaml(text: string): YamlObject[] {
  const lines = new LineCounter();
  const documents = parseAllDocuments(text, { lineCounter: lines, uniqueKeys: true });
  if (!Array.isArray(documents) || documents.length > MOST_DOCUMENTS) {
    throw invalidYaml(`Must have between one and ${MOST_DOCUMENTS} documents.`);
  }
  const errors = documents.flatMap((document) => document.errors);
  const [error] = errors;
  if (error !== undefined) {
    const { line, col } = error.linePos?.[0] ?? { line: 1, col: 1 };
    throw invalidYaml(`${line}:${col}: ${error.message.split('\n')[0] ?? ''}`);
  }
  const filled = documents.filter(({ contents }) => contents !== null);
  const odd = filled.findIndex(({ contents }) => !isMap(contents));
  if (odd !== -1) throw invalidYaml(`Document ${odd + 1} is no Kubernetes object.`);
  try {
    return filled.map((document) => new YamlObject(document, lines));
  } catch (cause) {
    throw invalidYaml(cause instanceof Error ? cause.message : 'The aliases cannot be resolved.');
  }
}

function invalidYaml(detail: string): DomainError {
  return new DomainError('request.invalid', detail, { errors: [{ pointer: '/yaml', code: 'custom', detail }] });
}
