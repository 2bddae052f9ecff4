export { type Dashboard } from './dashboards/dashboard.js';
export { fleetDashboard } from './dashboards/fleet-dashboard.js';
export { tenantDashboard } from './dashboards/tenant-dashboard.js';
export {
  spanOf,
  type TenantQueries,
  tenantQueries,
  type TrafficWindow,
  trafficWindows,
} from './queries/tenant-queries.js';
export { type RuleFile } from './rules/recording-rule.js';
export { ruleFile, ruleFileYaml } from './rules/rule-file.js';
