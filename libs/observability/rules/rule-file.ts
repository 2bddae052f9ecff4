import { istioRules } from './istio-rules.js';
import { linkerdRules } from './linkerd-rules.js';
import { namespaceRules } from './namespace-rules.js';
import { type RecordingRule, type RuleFile } from './recording-rule.js';
import { tenantRules } from './tenant-rules.js';

/**
 * The recording rules, for all meshes: those of a mesh that is not there make nothing. One group, since rules of a group
 * are evaluated in turn and each then sees what those before it made of the same moment.
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

/** The rules as YAML. JSON is YAML, but nobody wants to read rules in it. */
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
  // A text of JSON is one of YAML, whatever is in it.
  const texts = Object.entries(labels ?? {}).map(([name, value]) => `          ${name}: ${JSON.stringify(value)}`);
  return [
    `      - record: ${record}`,
    `        expr: ${JSON.stringify(expr)}`,
    ...(texts.length === 0 ? [] : ['        labels:', ...texts]),
  ];
}
