import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';

import { ApiKey } from './api-key.entity.js';
import { ApiKeysService } from './api-keys.service.js';
import { KeyVerifier } from './key-verifier.js';
import { Role } from './role.entity.js';
import { RolesService } from './roles.service.js';

/** Authenticates callers and defines their permissions. */
@Module({
  imports: [TypeOrmModule.forFeature([ApiKey, Role])],
  providers: [ApiKeysService, KeyVerifier, RolesService],
  exports: [ApiKeysService, KeyVerifier, RolesService],
})
export class AccessModule {}
