import { istioRules } from './istio-rules.js';
import { linkerdRules } from './linkerd-rules.js';
import { namespaceRules } from './namespace-rules.js';
import { type RecordingRule, type RuleFile } from './recording-rule.js';
import { tenantRules } from './tenant-rules.js';

/**
 * The recording rules, for all meshes: those of an absent mesh produce no series. They are in one group, because rules
 * of a group are evaluated in order and each sees the results of earlier ones at the same timestamp.
 */
export const ruleFile: RuleFile = {
  groups: [
    {
      name: 'bulkhead',
      interval: '1m',
      rules: [...namespaceRules, ...istioRules(), ...linkerdRules(), ...tenantRules],
    },
  ],
};

/** Renders the rules as YAML. JSON would be valid YAML, but hard to read. */
export function ruleFileYaml({ groups }: RuleFile = ruleFile): string {
  const lines = groups.flatMap(({ name, interval, rules }) => [
    `  - name: ${name}`,
    `    interval: ${interval}`,
    '    rules:',
    ...rules.flatMap(ruleLines),
  ]);
  return ['groups:', ...lines, ''].join('\n');
}

function ruleLines({ record, expr, labels }: RecordingRule): string[] {
  // A JSON string is a valid YAML string, whatever it contains.
  const texts = Object.entries(labels ?? {}).map(([name, value]) => `          ${name}: ${JSON.stringify(value)}`);
  return [
    `      - record: ${record}`,
    `        expr: ${JSON.stringify(expr)}`,
    ...(texts.length === 0 ? [] : ['        labels:', ...texts]),
  ];
}
