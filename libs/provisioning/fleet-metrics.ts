import { Statements } from '#persistence';
import { newGauge } from '#telemetry';
import { Injectable } from '@nestjs/common';

/**
 * How the tenants are, from the database and so the same of every worker: take the greatest over all workers, not the
 * sum. Asked for only when somebody asks for metrics.
 */
@Injectable()
export class FleetMetrics {
  constructor(private readonly statements: Statements) {
    newGauge({ name: 'bulkhead_tenants', help: 'Tenants by phase.', labels: ['phase'] }, async (gauge) => {
      const rows = await this.ask<{ phase: string; count: number }>('fleet-phases', PHASES);
      for (const { phase, count } of rows) gauge.set({ phase }, count);
    });
    newGauge(
      {
        name: 'bulkhead_tenants_unmet_conditions',
        help: 'Tenants with a condition that does not hold, or of which it is not known, by its type and status.',
        labels: ['type', 'status'],
      },
      async (gauge) => {
        const rows = await this.ask<{ type: string; status: string; count: number }>('fleet-conditions', CONDITIONS);
        for (const { type, status, count } of rows) gauge.set({ type, status }, count);
      },
    );
    newGauge(
      {
        name: 'bulkhead_tenants_overdue_seconds',
        help: 'How long the tenant waits that has waited longest for a worker.',
      },
      async (gauge) => {
        const [row] = await this.ask<{ seconds: number }>('fleet-overdue', OVERDUE);
        gauge.set(row?.seconds ?? 0);
      },
    );
    newGauge(
      { name: 'bulkhead_operations_open', help: 'Operations that have not ended, by kind.', labels: ['kind'] },
      async (gauge) => {
        const rows = await this.ask<{ kind: string; count: number }>('fleet-operations', OPERATIONS);
        for (const { kind, count } of rows) gauge.set({ kind }, count);
      },
    );
    newGauge(
      {
        name: 'bulkhead_operations_oldest_open_seconds',
        help: 'How long ago the oldest open operation was asked for.',
      },
      async (gauge) => {
        const [row] = await this.ask<{ seconds: number }>('fleet-oldest', OLDEST);
        gauge.set(row?.seconds ?? 0);
      },
    );
  }

  private ask<R extends object>(name: string, text: string): Promise<R[]> {
    return this.statements.run<R>(name, text, []);
  }
}

const PHASES = 'SELECT phase, count(*)::int AS count FROM tenants WHERE deleted_at IS NULL GROUP BY phase';

const CONDITIONS = `
  SELECT condition ->> 'type' AS type, condition ->> 'status' AS status, count(*)::int AS count
  FROM tenants CROSS JOIN LATERAL jsonb_array_elements(conditions) AS condition
  WHERE deleted_at IS NULL AND condition ->> 'status' <> 'True'
  GROUP BY 1, 2`;

const OVERDUE = `
  SELECT greatest(extract(epoch FROM now() - min(next_reconcile_at)), 0)::float8 AS seconds
  FROM tenants WHERE deleted_at IS NULL`;

const OPERATIONS = 'SELECT kind, count(*)::int AS count FROM operations WHERE finished_at IS NULL GROUP BY kind';

const OLDEST = `
  SELECT coalesce(extract(epoch FROM now() - min(created_at)), 0)::float8 AS seconds
  FROM operations WHERE finished_at IS NULL`;
