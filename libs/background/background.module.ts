import { type DynamicModule, Global, Module } from '@nestjs/common';
import { DiscoveryModule, DiscoveryService } from '@nestjs/core';

import { type ProcessName } from './loop-catalog.js';
import { Loops } from './loops.js';
import { Shutdown } from './shutdown.js';

/** What background work and waiting requests need in every process. */
@Global()
@Module({})
export class BackgroundModule {
  static forRoot(process: ProcessName): DynamicModule {
    return {
      module: BackgroundModule,
      imports: [DiscoveryModule],
      providers: [
        Shutdown,
        {
          provide: Loops,
          inject: [DiscoveryService],
          useFactory: (discovery: DiscoveryService) => new Loops(discovery, process),
        },
      ],
      exports: [Loops, Shutdown],
    };
  }
}
