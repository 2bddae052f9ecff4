export { AccessModule } from './access.module.js';
export { ApiKeysService, type NewApiKey, type Principal } from './api-keys.service.js';
export { allows, type Permission, type Role, roles } from './permission.js';
