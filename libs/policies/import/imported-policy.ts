import { type YamlObject, type YamlPath } from './yaml-source.js';

/** Where a part of an imported policy comes from. */
export interface YamlPlace {
  object: YamlObject;
  path: YamlPath;
}

/** A policy of another product in the form of Bulkhead, not checked yet. */
export interface ImportedPolicy {
  name: string;
  description: string;
  mode: string;
  rule: object;
  parameters: Record<string, unknown>;
  /** What is different from before. */
  warnings: string[];
  /** Where parts of the policy come from, by JSON pointers into it. */
  places: ReadonlyMap<string, YamlPlace>;
}

/** A rule in CEL whose expressions can still read `params`. */
export interface ImportedCel extends ImportedPolicy {
  /** The object that the expressions read as `params`; null if there is none. */
  params: Record<string, unknown> | null;
}

/** Returns the description of a policy: that of its annotations, or where it comes from. */
export function descriptionOf(object: YamlObject): string {
  const annotations = object.objectAt(['metadata', 'annotations']);
  const written = ['description', 'policies.kyverno.io/description', 'metadata.gatekeeper.sh/description']
    .map((key) => annotations[key])
    .find((text) => typeof text === 'string' && text.trim() !== '');
  return typeof written === 'string' ? written.trim().slice(0, 2_000) : `Imported from ${object.kind} ${object.name}.`;
}
