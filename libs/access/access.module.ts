import { type DynamicModule, Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';

import { ApiKey } from './api-key.entity.js';
import { ApiKeysService } from './api-keys.service.js';
import { Authenticator } from './authenticator.js';
import { checkRules } from './issuer-rules.js';
import { KeyVerifier } from './key-verifier.js';
import { Memberships } from './memberships.js';
import { type Issuer } from './oidc/issuer.js';
import { TokenVerifier } from './oidc/token-verifier.js';
import { Role } from './role.entity.js';
import { RolesService } from './roles.service.js';
import { TokenCallers } from './token-callers.js';

/** Authenticates callers and defines their permissions. */
@Module({})
export class AccessModule {
  /**
   * @param issuers whose tokens are accepted
   * @throws ConfigError if a rule of one could never give anything
   */
  static forRoot(issuers: readonly Issuer[] = []): DynamicModule {
    checkRules(issuers);
    const tokens = {
      provide: TokenCallers,
      inject: [Memberships],
      useFactory: (memberships: Memberships) => new TokenCallers(new TokenVerifier(issuers), memberships),
    };
    return {
      module: AccessModule,
      imports: [TypeOrmModule.forFeature([ApiKey, Role])],
      providers: [ApiKeysService, Authenticator, KeyVerifier, Memberships, RolesService, tokens],
      exports: [ApiKeysService, Authenticator, RolesService],
    };
  }
}
