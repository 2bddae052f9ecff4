import { Logger } from '@nestjs/common';
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';

import { inTime } from './in-time.js';

/** What this process tells of itself to whoever asks for `/metrics`. */
const registry = new Registry();

/** Bounds in seconds, for what takes a millisecond at best and a minute at worst. */
const SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];

const logger = new Logger('Metrics');

interface Naming<Label extends string> {
  /** With the unit at its end (Prometheus, metric and label naming). */
  name: string;
  help: string;
  /** With few values each: every combination is a series. */
  labels?: readonly Label[];
}

/** Durations, which are observed in seconds. */
export function newDurations<Label extends string>(naming: Naming<Label>): Histogram<Label> {
  return new Histogram({ ...settingsOf(naming), buckets: SECONDS });
}

export function newCounter<Label extends string>(naming: Naming<Label>): Counter<Label> {
  return new Counter(settingsOf(naming));
}

/** @param collect sets the values, each time that somebody asks for them. Where it fails, there are none. */
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
        await inTime(collect(gauge));
      } catch (error) {
        logger.warn({ err: error, metric: naming.name }, 'a metric could not be collected');
      }
    },
  });
  return gauge;
}

/** Begins to tell of the process itself too: memory, processor, event loop. */
export function tellOfProcess(): void {
  collectDefaultMetrics({ register: registry });
}

/**
 * All metrics as text, and the media type of that text (Prometheus exposition format 0.0.4). Who asks while they are
 * collected for somebody else gets the same: gauges are emptied first, and nobody can have the database asked more often.
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
