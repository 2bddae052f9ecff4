export { loggerOptions } from './logger.js';
export { newCounter, newDurations, newGauge } from './metrics.js';
export { Monitoring } from './monitoring.js';
