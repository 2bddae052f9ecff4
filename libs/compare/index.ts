export { changeOf, compare } from './comparison.js';
export { fieldDifferences, isMap } from './field-differences.js';
export { wasApplied } from './workload-comparison.js';
