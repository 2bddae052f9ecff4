import { type JudgeLocation, PolicyJudge } from '#policies';
import { type DynamicModule, Module } from '@nestjs/common';

import { PolicyAuditor } from './policies/policy-auditor.js';
import { PolicyEnforcer } from './policies/policy-enforcer.js';

/** Carries policies out, and finds what violates them. */
@Module({})
export class PoliciesWorkerModule {
  /**
   * @param judge the program that judges policies.
   * @param imports where `Clusters` comes from.
   */
  static forRoot(judge: JudgeLocation, imports: NonNullable<DynamicModule['imports']>): DynamicModule {
    return {
      module: PoliciesWorkerModule,
      imports,
      providers: [{ provide: PolicyJudge, useFactory: () => new PolicyJudge(judge) }, PolicyAuditor, PolicyEnforcer],
      exports: [PolicyAuditor, PolicyEnforcer],
    };
  }
}
