import { type DynamicModule, Module } from '@nestjs/common';

import { Prometheus, type PrometheusLocation } from './prometheus.js';
import { TrafficService } from './traffic.service.js';

/** Reports the traffic of tenants. */
@Module({})
export class TrafficModule {
  /**
   * @param prometheus the Prometheus to query; null if there is none
   * @param imports modules that provide the tenants
   */
  static forRoot(prometheus: PrometheusLocation | null, imports: NonNullable<DynamicModule['imports']>): DynamicModule {
    return {
      module: TrafficModule,
      imports,
      providers: [TrafficService, { provide: Prometheus, useFactory: () => new Prometheus(prometheus) }],
      exports: [TrafficService],
    };
  }
}
