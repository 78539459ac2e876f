/**
 * Runs what Neon's SQL over HTTP is asked for, on a database of node-postgres.
 *
 * The answer has the members of a node-postgres result, because Neon's own answer was modelled on that. Every value
 * stays the text that PostgreSQL sent, because the driver parses the text itself.
 *
 * @module
 */
import pg from 'pg';

export interface Query {
  query: string;
  params: unknown[];
}

/** One query, or a batch of queries that run in one transaction. All of it can go to another thread. */
export type NeonRequest = Query | { begin: string; queries: Query[] };

/** The answer: a status and a JSON body. */
export interface NeonAnswer {
  status: 200 | 400;
  body: Record<string, unknown>;
}

/** Runs a request. @param signal aborts when nobody waits for the answer any more */
export type Execute = (request: NeonRequest, signal: AbortSignal) => Promise<NeonAnswer>;

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

/** @param database runs the statements */
export function createExecutor(database: pg.PoolConfig): Execute {
  const asText = { getTypeParser: () => (value: unknown) => value };
  // Without allowExitOnIdle, a command that has finished would wait for the pool's idle timer before it exits.
  const pool = new pg.Pool({ ...database, types: asText, allowExitOnIdle: true });
  // A session may end while nobody uses it. The pool then opens another session for the next query.
  pool.on('error', () => {});

  return async function execute(request) {
    const client = await pool.connect();
    try {
      if ('query' in request) return { status: 200, body: await run(client, request) };
      await client.query(request.begin);
      const results = [];
      for (const query of request.queries) results.push(await run(client, query));
      await client.query('COMMIT');
      return { status: 200, body: { results } };
    } catch (error) {
      if (!isDatabaseError(error)) throw error;
      return { status: 400, body: describe(error) };
    } finally {
      await forgetSession(client).finally(() => client.release());
    }
  };
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
  return answerError(error.message, error);
}

/** The body of an answer with an error, as Neon's proxy writes it. */
export function answerError(
  message: string,
  error: Partial<pg.DatabaseError>,
): Record<string, unknown> {
  const fields = ERROR_FIELDS.map((field) => [field, error[field] ?? null]);
  return { message, ...Object.fromEntries(fields) };
}
