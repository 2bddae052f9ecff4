import { DesiredTenants } from '#tenancy';
import { type DynamicModule, Module } from '@nestjs/common';

import { Prover } from './prover.js';
import { Reporter } from './reporter.js';
import { Runs } from './runs.js';

/** Carries isolation checks out. */
@Module({})
export class ProofWorkerModule {
  /** @param imports where `Clusters`, `Leases` and `DeletionCertificates` come from. */
  static forRoot(imports: NonNullable<DynamicModule['imports']>): DynamicModule {
    return {
      module: ProofWorkerModule,
      imports,
      providers: [Prover, Reporter, Runs, DesiredTenants],
      exports: [Prover],
    };
  }
}
