import { type DynamicModule, Module } from '@nestjs/common';

import { type JudgeLocation, PolicyJudge } from '../rule/policy-judge.js';
import { PolicyAnswerer } from './policy-answerer.js';
import { PolicyAuditor } from './policy-auditor.js';
import { PolicyEnforcer } from './policy-enforcer.js';

/** Enforces policies, and finds violations. */
@Module({})
export class PoliciesWorkerModule {
  /**
   * @param judge the program that evaluates policies
   * @param imports modules that provide `Clusters` and `Answerers`
   */
  static forRoot(judge: JudgeLocation, imports: NonNullable<DynamicModule['imports']>): DynamicModule {
    return {
      module: PoliciesWorkerModule,
      imports,
      providers: [
        { provide: PolicyJudge, useFactory: () => new PolicyJudge(judge) },
        PolicyAnswerer,
        PolicyAuditor,
        PolicyEnforcer,
      ],
      exports: [PolicyEnforcer],
    };
  }
}
