export { type Dashboard } from './dashboards/dashboard.js';
export { fleetDashboard } from './dashboards/fleet-dashboard.js';
export { tenantDashboard } from './dashboards/tenant-dashboard.js';
export { type RuleFile } from './rules/recording-rule.js';
export { ruleFile, ruleFileYaml } from './rules/rule-file.js';
export { spanOf, type TenantQueries, tenantQueries, type TrafficWindow, trafficWindows } from './tenant-queries.js';
