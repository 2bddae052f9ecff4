export { httpLoggerOptions, loggerOptions } from './logger.js';
