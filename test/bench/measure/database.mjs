import pg from 'pg';

/** Connects to Bulkhead's database, over one connection. */
export async function openDatabase(databaseUrl) {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  return client;
}

/** Returns how many operations are unfinished. */
export async function openOperations(database) {
  const { rows } = await database.query('SELECT count(*)::int AS count FROM operations WHERE finished_at IS NULL');
  return rows[0].count;
}
