import { readFile } from 'node:fs/promises';

import { DomainError } from '#problems';
import { Logger } from '@nestjs/common';
import { z } from 'zod';

/** Address of the Prometheus with the tenants' traffic. */
export interface PrometheusLocation {
  /** Without `/api/v1`. */
  url: string;
  /** Path of a file with a bearer token; null to send none. */
  tokenFile: string | null;
}

/** One series of a response. */
export interface Sample {
  labels: Readonly<Record<string, string>>;
  /** Null if the query returned no number, e.g. after a division by zero. */
  value: number | null;
}

export interface Samples {
  /** Evaluation time in seconds since 1970, by the clock of Prometheus. */
  at: number | null;
  samples: readonly Sample[];
}

/** Time limit for all queries of one request. */
const TIME_LIMIT_MS = 10_000;
const MOST_BYTES = 1 << 20;

const answerSchema = z.object({
  status: z.literal('success'),
  data: z.object({
    resultType: z.literal('vector'),
    result: z
      .array(z.object({ metric: z.record(z.string(), z.string()), value: z.tuple([z.number(), z.string()]) }))
      .max(1_000),
  }),
});

/**
 * Queries a Prometheus. It is not trusted: responses are limited to ten seconds and a megabyte and validated against a
 * schema, and redirects, which could leak the token, are not followed.
 */
export class Prometheus {
  private readonly logger = new Logger(Prometheus.name);

  constructor(private readonly location: PrometheusLocation | null) {}

  /**
   * Starts a group of queries that share a time limit.
   * @throws `traffic.not_configured`
   */
  question(): Question {
    const { location } = this;
    if (location === null) {
      throw new DomainError('traffic.not_configured', 'No Prometheus is configured. Set BULKHEAD_PROMETHEUS_URL.');
    }
    const signal = AbortSignal.timeout(TIME_LIMIT_MS);
    return {
      ask: (query, at) =>
        ask(location, { query, at, signal }).catch((error: unknown) => {
          this.logger.warn({ err: error, query }, 'a Prometheus query failed');
          throw new DomainError('traffic.unavailable', 'Prometheus returned no usable answer.', { cause: error });
        }),
    };
  }
}

export interface Question {
  /**
   * @param at evaluation time, as returned by an earlier query; by default now
   * @throws `traffic.unavailable`
   */
  ask(query: string, at?: number): Promise<Samples>;
}

interface Asked {
  query: string;
  at: number | undefined;
  signal: AbortSignal;
}

async function ask({ url, tokenFile }: PrometheusLocation, { query, at, signal }: Asked): Promise<Samples> {
  // Read each time: such tokens are rotated while the process runs.
  const token = tokenFile === null ? null : (await readFile(tokenFile, 'utf8')).trim();
  const response = await fetch(`${url.replace(/\/$/, '')}/api/v1/query`, {
    method: 'POST',
    redirect: 'error',
    signal,
    headers: { accept: 'application/json', ...(token === null ? {} : { authorization: `Bearer ${token}` }) },
    body: new URLSearchParams({
      query,
      timeout: `${TIME_LIMIT_MS}ms`,
      ...(at === undefined ? {} : { time: String(at) }),
    }),
  });
  const text = await limited(response);
  if (!response.ok) throw new Error(`status ${response.status}: ${text.slice(0, 500)}`);
  const { result } = answerSchema.parse(JSON.parse(text)).data;
  return {
    at: result[0]?.value[0] ?? null,
    samples: result.map(({ metric, value: [, value] }) => ({ labels: metric, value: numberOf(value) })),
  };
}

async function limited({ body }: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of (body ?? []) as AsyncIterable<Uint8Array>) {
    size += chunk.byteLength;
    // Leaving the loop cancels the download.
    if (size > MOST_BYTES) throw new Error(`the response exceeds ${MOST_BYTES} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

/** Parses a number; Prometheus writes "NaN", "+Inf" and "-Inf" if there is none. */
function numberOf(text: string): number | null {
  const value = Number(text);
  return Number.isFinite(value) ? value : null;
}
