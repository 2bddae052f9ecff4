import { type DynamicModule, Module } from '@nestjs/common';

import { type JudgeLocation, PolicyJudge } from '../policy-judge.js';
import { PolicyAuditor } from './policy-auditor.js';
import { PolicyEnforcer } from './policy-enforcer.js';

/** Enforces policies, and finds violations. */
@Module({})
export class PoliciesWorkerModule {
  /**
   * @param judge the program that evaluates policies
   * @param imports modules that provide `Clusters`
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
