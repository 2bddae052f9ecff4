import { type DynamicModule, Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';

import { PoliciesService } from './policies.service.js';
import { Policy, PolicyVersion } from './policy.entity.js';
import { PolicyViolation } from './policy-violation.entity.js';
import { PolicyViolations } from './policy-violations.service.js';
import { type JudgeLocation, PolicyJudge } from './rule/policy-judge.js';
import { PolicyImports } from './policy-imports.js';
import { PolicyTests } from './policy-tests.js';

/** Provides the API side of policies. */
@Module({})
export class PoliciesModule {
  /**
   * @param judge the program that compiles policies
   * @param imports modules that provide the wake-ups
   */
  static forRoot(judge: JudgeLocation, imports: NonNullable<DynamicModule['imports']>): DynamicModule {
    return {
      module: PoliciesModule,
      imports: [TypeOrmModule.forFeature([Policy, PolicyVersion, PolicyViolation]), ...imports],
      providers: [
        PoliciesService,
        PolicyImports,
        PolicyTests,
        PolicyViolations,
        { provide: PolicyJudge, useFactory: () => new PolicyJudge(judge) },
      ],
      exports: [PoliciesService, PolicyImports, PolicyTests, PolicyViolations],
    };
  }
}
