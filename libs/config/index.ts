export { environmentSchema, secretVariables } from './environment.js';
export { type Config, ConfigError, type DatabaseConfig, loadConfig, type QueueConfig } from './load-config.js';
export { stopWithStarter } from './starter.js';
