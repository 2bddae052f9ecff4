import { WantedTenants } from '#tenancy';
import { type DynamicModule, Module } from '@nestjs/common';

import { Prover } from './proof/prover.js';
import { Reporter } from './proof/reporter.js';
import { Runs } from './proof/runs.js';

/** Carries isolation checks out. */
@Module({})
export class ProofWorkerModule {
  /** @param imports where `Clusters`, `Leases` and `DeletionCertificates` come from. */
  static forRoot(imports: NonNullable<DynamicModule['imports']>): DynamicModule {
    return {
      module: ProofWorkerModule,
      imports,
      providers: [Prover, Reporter, Runs, WantedTenants],
      exports: [Prover],
    };
  }
}
