import { Statements } from '#persistence';
import { newGauge } from '#telemetry';
import { Injectable } from '@nestjs/common';

/** A metric, and the statement that answers it: `value`, and a column for each label. */
interface FleetMetric {
  name: string;
  help: string;
  labels?: readonly string[];
  text: string;
}

const metrics: readonly FleetMetric[] = [
  {
    name: 'bulkhead_tenants',
    help: 'Tenants by phase.',
    labels: ['phase'],
    text: 'SELECT phase, count(*)::int AS value FROM tenants WHERE deleted_at IS NULL GROUP BY phase',
  },
  {
    name: 'bulkhead_tenants_unmet_conditions',
    help: 'Tenants with a condition that does not hold, or of which it is not known, by its type and status.',
    labels: ['type', 'status'],
    text: `
      SELECT condition ->> 'type' AS type, condition ->> 'status' AS status, count(*)::int AS value
      FROM tenants CROSS JOIN LATERAL jsonb_array_elements(conditions) AS condition
      WHERE deleted_at IS NULL AND condition ->> 'status' <> 'True'
      GROUP BY 1, 2`,
  },
  {
    name: 'bulkhead_tenants_overdue_seconds',
    help: 'How long the tenant waits that has waited longest for a worker.',
    text: `
      SELECT coalesce(greatest(extract(epoch FROM now() - min(next_reconcile_at)), 0), 0)::float8 AS value
      FROM tenants WHERE deleted_at IS NULL`,
  },
  {
    name: 'bulkhead_operations_open',
    help: 'Operations that have not ended, by kind.',
    labels: ['kind'],
    text: 'SELECT kind, count(*)::int AS value FROM operations WHERE finished_at IS NULL GROUP BY kind',
  },
  {
    name: 'bulkhead_operations_oldest_open_seconds',
    help: 'How long ago the oldest open operation was asked for.',
    text: `
      SELECT coalesce(extract(epoch FROM now() - min(created_at)), 0)::float8 AS value
      FROM operations WHERE finished_at IS NULL`,
  },
  {
    name: 'bulkhead_audit_unsealed_seconds',
    help: 'How long ago the oldest entry of the audit log was written that has no place in its chain.',
    text: `
      SELECT greatest(coalesce(extract(epoch FROM now() - min(at)), 0), 0)::float8 AS value
      FROM audit_events WHERE sequence IS NULL`,
  },
];

/**
 * How the tenants are, from the database and so the same of every worker: take the greatest over all workers, not the
 * sum. Asked for only when somebody asks for metrics.
 */
@Injectable()
export class FleetMetrics {
  constructor(statements: Statements) {
    for (const { text, ...naming } of metrics) {
      newGauge(naming, async (gauge) => {
        const rows = await statements.run<Record<string, string> & { value: number }>(naming.name, text, []);
        for (const { value, ...labels } of rows) gauge.set(labels, value);
      });
    }
  }
}
