/**
 * Neon's HTTP endpoint, `POST /sql`, as the driver of `@neondatabase/serverless` speaks to it.
 * https://neon.com/docs/serverless/serverless-driver
 *
 * @module
 */
import { createHash, timingSafeEqual } from 'node:crypto';
import { Hono } from 'hono';
import * as v from 'valibot';
import { answerError, type Execute } from './neon-queries.ts';

const Query = v.object({
  query: v.string(),
  params: v.optional(v.array(v.unknown()), []),
});

/** One query, or a batch of queries that run in one transaction. */
const Body = v.union([v.object({ queries: v.array(Query) }), Query]);

const ISOLATION_LEVELS = new Map([
  ['ReadUncommitted', 'READ UNCOMMITTED'],
  ['ReadCommitted', 'READ COMMITTED'],
  ['RepeatableRead', 'REPEATABLE READ'],
  ['Serializable', 'SERIALIZABLE'],
]);

/** PostgreSQL's `invalid_password`. */
const WRONG_PASSWORD = answerError('password authentication failed', {
  severity: 'FATAL',
  code: '28P01',
});

/**
 * The routes of the endpoint: `POST /sql`.
 *
 * @param execute runs the statements
 * @param password of the only connection string that is accepted. Without it, any is
 */
export function createNeonEndpoint(execute: Execute, password?: string): Hono {
  return new Hono().post('/sql', async (context) => {
    const connectionString = context.req.header('Neon-Connection-String');
    if (connectionString === undefined) {
      return context.json({ message: 'missing header: neon-connection-string' }, 400);
    }
    if (password !== undefined && !isSame(passwordOf(connectionString), password)) {
      return context.json(WRONG_PASSWORD, 400);
    }
    const body = v.safeParse(Body, await context.req.json().catch(() => undefined));
    if (!body.success) {
      return context.json({ message: 'the body is neither a query nor a batch of queries' }, 400);
    }
    const { raw } = context.req;
    const request =
      'query' in body.output ? body.output : { ...body.output, begin: begin(raw.headers) };
    const answer = await execute(request, raw.signal);
    return context.json(answer.body, answer.status);
  });
}

/** The password of a URL, decoded. A URL without one has the empty password. */
export function passwordOf(url: string): string {
  const password = URL.parse(url)?.password ?? '';
  try {
    return decodeURIComponent(password);
  } catch {
    return password; // a % that is not escaped stands for itself
  }
}

/** Takes the same time whatever the difference is. */
function isSame(left: string, right: string): boolean {
  const [a, b] = [left, right].map((text) => createHash('sha256').update(text).digest());
  return a !== undefined && b !== undefined && timingSafeEqual(a, b);
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
