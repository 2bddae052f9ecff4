export { loggerOptions } from './logger.js';
export { metricsText, newCounter, newDurations, newGauge } from './metrics.js';
export { Monitoring } from './monitoring.js';
