/**
 * A local stand-in for Neon. It takes SQL over HTTP as Neon's proxy does, and runs it on a PostgreSQL.
 * https://neon.com/docs/serverless/serverless-driver
 *
 * The answer has the members of a node-postgres result, because Neon's own answer was modelled on that. Every value
 * stays the text that PostgreSQL sent, because the driver parses the text itself.
 *
 * @module
 */
import { Hono } from 'hono';
import pg from 'pg';
import * as v from 'valibot';

const Query = v.object({
  query: v.string(),
  params: v.optional(v.array(v.unknown()), []),
});
type Query = v.InferOutput<typeof Query>;

/** One query, or a batch of queries that run in one transaction. */
const Body = v.union([v.object({ queries: v.array(Query) }), Query]);

const ISOLATION_LEVELS = new Map([
  ['ReadUncommitted', 'READ UNCOMMITTED'],
  ['ReadCommitted', 'READ COMMITTED'],
  ['RepeatableRead', 'REPEATABLE READ'],
  ['Serializable', 'SERIALIZABLE'],
]);

/** The fields of a PostgreSQL error that Neon's proxy passes on, beside the message. */
const ERROR_FIELDS = [
  'severity',
  'code',
  'detail',
  'hint',
  'position',
  'internalPosition',
  'internalQuery',
  'where',
  'schema',
  'table',
  'column',
  'dataType',
  'constraint',
  'file',
  'line',
  'routine',
] as const satisfies (keyof pg.DatabaseError)[];

/** The routes of the endpoint: `POST /sql`. @param database runs the statements */
export function createNeonEndpoint(database: pg.PoolConfig): Hono {
  const asText = { getTypeParser: () => (value: unknown) => value };
  // Without allowExitOnIdle, a command that has finished would wait for the pool's idle timer before it exits.
  const pool = new pg.Pool({ ...database, types: asText, allowExitOnIdle: true });
  // A session may end while nobody uses it. The pool then opens another session for the next query.
  pool.on('error', () => {});

  return new Hono().post('/sql', async (context) => {
    if (context.req.header('Neon-Connection-String') === undefined) {
      return context.json({ message: 'missing header: neon-connection-string' }, 400);
    }
    const body = v.safeParse(Body, await context.req.json().catch(() => undefined));
    if (!body.success) {
      return context.json({ message: 'the body is neither a query nor a batch of queries' }, 400);
    }

    const client = await pool.connect();
    try {
      if ('query' in body.output) return context.json(await run(client, body.output));
      await client.query(begin(context.req.raw.headers));
      const results = [];
      for (const query of body.output.queries) results.push(await run(client, query));
      await client.query('COMMIT');
      return context.json({ results });
    } catch (error) {
      if (!isDatabaseError(error)) throw error;
      return context.json(describe(error), 400);
    } finally {
      await forgetSession(client).finally(() => client.release());
    }
  });
}

async function run(client: pg.PoolClient, { query, params }: Query) {
  // The extended protocol takes one statement at a time, as Neon does.
  const { command, rowCount, rows, fields } = await client.query({
    text: query,
    values: params,
    rowMode: 'array',
    queryMode: 'extended',
  } as pg.QueryArrayConfig);
  return {
    command,
    rowCount,
    rowAsArray: true,
    fields: fields.map((field) => ({ ...field, format: 'text' })),
    rows,
  };
}

function begin(headers: Headers): string {
  const level = ISOLATION_LEVELS.get(headers.get('Neon-Batch-Isolation-Level') ?? '');
  return [
    'BEGIN',
    level === undefined ? '' : `ISOLATION LEVEL ${level}`,
    headers.get('Neon-Batch-Read-Only') === 'true' ? 'READ ONLY' : '',
    headers.get('Neon-Batch-Deferrable') === 'true' ? 'DEFERRABLE' : '',
  ].join(' ');
}

/**
 * Neon keeps nothing between two requests. The embedded database has one session for all requests, so an open
 * transaction or a `SET` would leak into the next request.
 */
async function forgetSession(client: pg.PoolClient): Promise<void> {
  await client.query('ROLLBACK');
  await client.query('DISCARD ALL');
}

/** `instanceof` would miss some errors: the embedded database has an error class of its own, with the same fields. */
function isDatabaseError(error: unknown): error is pg.DatabaseError {
  return error instanceof Error && 'severity' in error;
}

function describe(error: pg.DatabaseError): Record<string, unknown> {
  const fields = ERROR_FIELDS.map((field) => [field, error[field] ?? null]);
  return { message: error.message, ...Object.fromEntries(fields) };
}
