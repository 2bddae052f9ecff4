export { EmergencyRule } from './emergency-rule.entity.js';
export { EmergencyRulesService, type EmergencyStatus, type NewEmergencyRule } from './emergency-rules.service.js';
export { ruleOwners } from './network-rule.entity.js';
export { NetworkRulesModule, RuleExpiryModule } from './network-rules.module.js';
export { type NetworkRuleChange, type NewNetworkRule, type RulesChange } from './rule-change.js';
export { NetworkRulesService, type RuleAndOperation, type RuleCaller } from './network-rules.service.js';
export { outOfForceReasons, type RuleStatus } from './rule-status.js';
export { rulesOfDeletedTenants } from './rules-of-deleted-tenants.js';
