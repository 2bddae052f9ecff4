import { type Database } from './database.js';

/** A change of a tenant's lease, as recorded by Postgres itself. */
export interface LeaseEvent {
  tenant: string;
  kind: 'acquired' | 'renewed' | 'settled';
  epoch: number;
  owner: string;
  /** True if another owner's lease was still valid; only relevant when one is acquired. */
  overlapped: boolean;
  at: Date;
}

/** Makes Postgres record every change of a lease. Row locks order the records of one tenant. */
export async function logLeases(database: Database): Promise<void> {
  await database.query(`CREATE TABLE lease_log (
    n bigserial PRIMARY KEY, tenant uuid NOT NULL, kind text NOT NULL, epoch bigint NOT NULL, owner text NOT NULL,
    overlapped boolean NOT NULL, at timestamptz NOT NULL DEFAULT clock_timestamp())`);
  await database.query(`CREATE FUNCTION log_lease() RETURNS trigger LANGUAGE plpgsql AS $$
    DECLARE what text;
    BEGIN
      what := CASE
        WHEN NEW.lease_epoch <> OLD.lease_epoch THEN 'acquired'
        WHEN OLD.lease_owner IS NOT NULL AND NEW.lease_owner IS NULL THEN 'settled'
        WHEN NEW.lease_until IS DISTINCT FROM OLD.lease_until THEN 'renewed' END;
      IF what IS NOT NULL THEN
        INSERT INTO public.lease_log (tenant, kind, epoch, owner, overlapped) VALUES (NEW.id, what, NEW.lease_epoch,
          coalesce(NEW.lease_owner, OLD.lease_owner), what = 'acquired' AND coalesce(OLD.lease_until > clock_timestamp(), false));
      END IF;
      RETURN NULL;
    END $$`);
  await database.query('CREATE TRIGGER log_lease AFTER UPDATE ON tenants FOR EACH ROW EXECUTE FUNCTION log_lease()');
}

export async function readLeases(database: Database): Promise<LeaseEvent[]> {
  return database.query('SELECT tenant, kind, epoch::float8 AS epoch, owner, overlapped, at FROM lease_log ORDER BY n');
}

/**
 * Returns violations of the rules of leases; empty if each tenant had at most one holder at every moment: epochs
 * increase, a lease is acquired only after the previous one was given back or had expired, and only its holder renews
 * or settles it.
 */
export function leaseViolations(events: readonly LeaseEvent[]): string[] {
  const holders = new Map<string, { epoch: number; owner: string }>();
  return events.flatMap(({ tenant, kind, epoch, owner, overlapped }) => {
    const holder = holders.get(tenant);
    const what = `${tenant}: ${owner} ${kind} at epoch ${epoch}`;
    if (kind !== 'acquired') {
      return holder?.epoch === epoch && holder.owner === owner
        ? []
        : [`${what}, but the holder is ${holder?.owner ?? 'none'}`];
    }
    holders.set(tenant, { epoch, owner });
    return [
      ...(overlapped ? [`${what} while ${holder?.owner ?? 'another owner'} held it`] : []),
      ...(epoch > (holder?.epoch ?? 0) ? [] : [`${what}, not above that of ${holder?.owner ?? 'no owner'}`]),
    ];
  });
}
