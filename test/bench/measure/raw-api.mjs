import { randomUUID } from 'node:crypto';

import fastify from 'fastify';
import pg from 'pg';

// The raw server that the API is compared with: the same two requests, the same rows, and nothing else around them. The
// bench `api` starts it with DATABASE_URL; it prints its address on standard output.

const pool = new pg.Pool({ connectionString: process.env.DATABASE_URL, max: 16 });
const app = fastify();

const READ = `SELECT t.*, (SELECT jsonb_agg(jsonb_build_object('environment', e.name, 'name', e.namespace) ORDER BY e.position)
    FROM environments e WHERE e.tenant_id = t.id) AS namespaces
  FROM tenants t WHERE t.id = $1`;

app.get('/v1/tenants/:id', async (request, reply) => {
  const { rows } = await pool.query({ name: 'read', text: READ, values: [request.params.id] });
  if (rows.length === 0) return reply.status(404).send({ status: 404 });
  return answerOf(rows[0]);
});

app.post('/v1/tenants', async (request, reply) => {
  const { slug, plan } = request.body;
  const [id, client] = [randomUUID(), await pool.connect()];
  try {
    await client.query('BEGIN');
    const { rows } = await client.query({
      name: 'tenant',
      // The row is never processed: only the cost of accepting is measured.
      text: `INSERT INTO tenants (id, slug, display_name, plan_id, plan_version, cluster_id, members, labels, phase, generation)
        SELECT $1, $2, $2, v.plan_id, v.version, c.id, '[]', '{}', 'pending', 1
        FROM plan_versions v, clusters c WHERE v.plan_id = $3 AND c.name = 'default' ORDER BY v.version DESC LIMIT 1
        RETURNING *`,
      values: [id, slug, plan],
    });
    await client.query({
      name: 'environment',
      text: `INSERT INTO environments (tenant_id, name, namespace, position) VALUES ($1, 'main', $2, 0)`,
      values: [id, `tn-${slug}`],
    });
    await client.query({
      name: 'operation',
      text: `INSERT INTO operations (id, tenant_id, kind, state, generation, requested_by)
        VALUES ($1, $2, 'create', 'pending', 1, 'raw')`,
      values: [randomUUID(), id],
    });
    await client.query('COMMIT');
    return reply.status(202).send(answerOf({ ...rows[0], namespaces: [{ environment: 'main', name: `tn-${slug}` }] }));
  } catch (error) {
    await client.query('ROLLBACK');
    throw error;
  } finally {
    client.release();
  }
});

/** Returns the members of a tenant that the API answers with. */
function answerOf(row) {
  const { id, slug, phase, generation, namespaces, members, conditions, labels } = row;
  return {
    id,
    slug,
    displayName: row.display_name,
    externalId: row.external_id,
    plan: { id: row.plan_id, version: row.plan_version },
    phase,
    generation,
    observedGeneration: row.observed_generation,
    namespaces,
    members,
    holds: [],
    conditions,
    labels,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  };
}

process.stdin.on('end', () => process.exit()).resume();
console.log(await app.listen({ host: '127.0.0.1', port: 0 }));
