import { type DynamicModule, Module } from '@nestjs/common';

import { Prometheus, type PrometheusLocation } from './prometheus.js';
import { TrafficService } from './traffic.service.js';

/** What tenants' traffic is like. */
@Module({})
export class TrafficModule {
  /**
   * @param prometheus which one is asked; null: there is none
   * @param imports where the tenants come from
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
