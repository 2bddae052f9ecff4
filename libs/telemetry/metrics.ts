import { Logger } from '@nestjs/common';
import pTimeout from 'p-timeout';
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';

import { PROBE_TIMEOUT_MS } from './probe-timeout.js';

/** The registry behind `/metrics`. */
const registry = new Registry();

/** Histogram buckets in seconds, from a millisecond to a minute. */
const SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];

const logger = new Logger('Metrics');

interface Naming<Label extends string> {
  /** Ends with the unit (Prometheus, metric and label naming). */
  name: string;
  help: string;
  /** Labels with few values each: every combination becomes a series. */
  labels?: readonly Label[];
}

/** Creates a histogram of durations in seconds. */
export function newDurations<Label extends string>(naming: Naming<Label>): Histogram<Label> {
  return new Histogram({ ...settingsOf(naming), buckets: SECONDS });
}

export function newCounter<Label extends string>(naming: Naming<Label>): Counter<Label> {
  return new Counter(settingsOf(naming));
}

/** Creates a gauge. @param collect sets the values on each scrape; if it fails, the gauge has none. */
export function newGauge<Label extends string>(
  naming: Naming<Label>,
  collect: (gauge: Gauge<Label>) => Promise<void>,
): Gauge<Label> {
  registry.removeSingleMetric(naming.name);
  const gauge: Gauge<Label> = new Gauge({
    ...settingsOf(naming),
    collect: async () => {
      gauge.reset();
      if ((naming.labels ?? []).length === 0) gauge.remove();
      try {
        await pTimeout(collect(gauge), { milliseconds: PROBE_TIMEOUT_MS });
      } catch (error) {
        logger.warn({ err: error, metric: naming.name }, 'failed to collect a metric');
      }
    },
  });
  return gauge;
}

/** Adds metrics of the process itself: memory, CPU, event loop. */
export function tellOfProcess(): void {
  collectDefaultMetrics({ register: registry });
}

/**
 * Returns all metrics as text with its media type (Prometheus exposition format 0.0.4). Concurrent scrapes share one
 * collection, because gauges are reset first and scrapes must not multiply database queries.
 */
export function metricsText(): Promise<{ type: string; text: string }> {
  collecting ??= registry
    .metrics()
    .then((text) => ({ type: registry.contentType, text }))
    .finally(() => {
      collecting = null;
    });
  return collecting;
}

let collecting: Promise<{ type: string; text: string }> | null = null;

function settingsOf<Label extends string>({
  name,
  help,
  labels = [],
}: Naming<Label>): {
  name: string;
  help: string;
  labelNames: readonly Label[];
  registers: Registry[];
} {
  return { name, help, labelNames: labels, registers: [registry] };
}
