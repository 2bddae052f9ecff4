import { stringify } from 'yaml';

import { istioRules } from './istio-rules.js';
import { linkerdRules } from './linkerd-rules.js';
import { namespaceRules } from './namespace-rules.js';
import { type RuleFile } from './recording-rule.js';
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

/** Renders the rules as YAML, an expression a line. */
export function ruleFileYaml(): string {
  return stringify(ruleFile, { lineWidth: 0 });
}
