export { AccessModule } from './access.module.js';
export { type ApiKey } from './api-key.entity.js';
export { Authenticator } from './authenticator.js';
export { ApiKeysService, type IssuedApiKey, type NewApiKey } from './api-keys.service.js';
export { type Issuer } from './oidc/issuer.js';
export { loadIssuers } from './oidc/load-issuers.js';
export { type Permission, permissionDescriptions, permissions } from './permission.js';
export {
  actingWith,
  allows,
  beyond,
  type Caller,
  everywhere,
  type Grant,
  inTenants,
  type Principal,
} from './principal.js';
export { type Role } from './role.entity.js';
export { builtInRoleNames, builtInRoles } from './roles.js';
export { roleNotFound, RolesService } from './roles.service.js';
