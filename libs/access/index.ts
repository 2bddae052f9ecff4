export { AccessModule } from './access.module.js';
export { type ApiKey } from './api-key.entity.js';
export { ApiKeysService, type IssuedApiKey, type NewApiKey } from './api-keys.service.js';
export { KeyVerifier } from './key-verifier.js';
export { type Permission, permissionDescriptions, permissions } from './permission.js';
export { allows, beyond, type Principal } from './principal.js';
export { type Role } from './role.entity.js';
export { builtInRoleNames, builtInRoles } from './roles.js';
export { roleNotFound, RolesService } from './roles.service.js';
