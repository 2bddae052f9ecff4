import { DesiredTenants } from '#tenancy';
import { type DynamicModule, Module } from '@nestjs/common';

import { Prover } from './prover.js';
import { Reporter } from './reporter.js';
import { Runs } from './runs.js';

/** Runs isolation checks. */
@Module({})
export class ProofWorkerModule {
  /** @param imports modules that provide `Clusters`, `Leases` and `DeletionCertificates`. */
  static forRoot(imports: NonNullable<DynamicModule['imports']>): DynamicModule {
    return {
      module: ProofWorkerModule,
      imports,
      providers: [Prover, Reporter, Runs, DesiredTenants],
      exports: [Prover],
    };
  }
}
