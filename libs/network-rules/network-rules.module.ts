import { type DynamicModule, Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';

import { EmergencyRule } from './emergency-rule.entity.js';
import { EmergencyRulesService } from './emergency-rules.service.js';
import { StoredNetworkRule } from './network-rule.entity.js';
import { NetworkRulesService } from './network-rules.service.js';
import { RuleExpiry } from './rule-expiry.js';

/** Provides the API side of network rules. Workers carry them out. */
@Module({})
export class NetworkRulesModule {
  /** @param imports modules that provide `TenantChanges`. */
  static forRoot(imports: NonNullable<DynamicModule['imports']>): DynamicModule {
    return {
      module: NetworkRulesModule,
      imports: [TypeOrmModule.forFeature([StoredNetworkRule, EmergencyRule]), ...imports],
      providers: [NetworkRulesService, EmergencyRulesService],
      exports: [NetworkRulesService, EmergencyRulesService],
    };
  }
}

/** Ends network rules when they expire. */
@Module({})
export class RuleExpiryModule {
  /** @param imports modules that provide `TenantChanges`. */
  static forRoot(imports: NonNullable<DynamicModule['imports']>): DynamicModule {
    return { module: RuleExpiryModule, imports, providers: [RuleExpiry] };
  }
}
