/**
 * `GET /api/Users` and `GET /api/Users/{id}`: users, for callers who may see them.
 *
 * @module
 */
import type { Context } from 'hono';
import { base64url } from 'jose';
import * as v from 'valibot';
import { FAULT_RETRY_SECONDS, problem } from '#portero/internal/problem.ts';
import type { Failure, Result } from '#portero/internal/result.ts';
import type { AppEnv } from '../app-env.ts';
import { type Database, readDatabase } from '../db/connection.ts';
import type { DatabaseDetails, DatabaseReason } from '../db/failure.ts';
import { findUser, findUsers } from '../db/users.ts';
import { readQuery } from '../http/query.ts';
import { log } from '../log.ts';
import { isStorable, MAX_USER_NAME_LENGTH, normalizeUserName, trimName } from '../user-name.ts';

const DEFAULT_PAGE_SIZE = 50;
const MAX_PAGE_SIZE = 100;

const LIMIT_PROBLEM = `is not a whole number from 1 to ${MAX_PAGE_SIZE}`;
const TEXT_PROBLEM = `does not have 1 to ${MAX_USER_NAME_LENGTH} characters that can be stored`;

const text = v.pipe(
  v.string(),
  v.transform(trimName),
  v.string(),
  v.minLength(1, TEXT_PROBLEM),
  v.maxLength(MAX_USER_NAME_LENGTH, TEXT_PROBLEM),
  v.check(isStorable, TEXT_PROBLEM),
);

/** The query of `GET /api/Users`. */
export const UserQuery = v.object({
  search: v.optional(text),
  active: v.optional(
    v.pipe(
      v.picklist(['true', 'false'], 'is neither true nor false'),
      v.transform((value) => value === 'true'),
      v.boolean(),
    ),
  ),
  role: v.optional(text),
  limit: v.optional(
    v.pipe(
      v.string(),
      v.regex(/^\d{1,3}$/, LIMIT_PROBLEM),
      v.transform(Number),
      v.number(),
      v.integer(),
      v.minValue(1, LIMIT_PROBLEM),
      v.maxValue(MAX_PAGE_SIZE, LIMIT_PROBLEM),
    ),
    String(DEFAULT_PAGE_SIZE),
  ),
  cursor: v.optional(
    v.pipe(
      v.string(),
      v.transform(readCursor),
      v.string('is not the nextCursor of an earlier answer'),
    ),
  ),
});

/** A user, as `GET /api/Users/{id}` answers it. */
export const User = v.object({
  id: v.string(),
  userName: v.string(),
  email: v.nullable(v.string()),
  active: v.boolean(),
  /** The name of the role. */
  role: v.string(),
  createdAt: v.date(),
  lastLoginAt: v.nullable(v.date()),
});

/** A page of users. */
export const UserPage = v.object({
  users: v.array(User),
  /** The `cursor` of the query for the next page. Absent on the last page. */
  nextCursor: v.optional(v.string()),
});

/** `GET /api/Users`: a page of users, and where the next page begins. */
export async function readUsers(context: Context<AppEnv>): Promise<Response> {
  const query = readQuery(context.req.url, UserQuery);
  if (!query.ok) return problem(400, { detail: 'The query has mistakes.', ...query.details });
  const { limit, cursor, ...filter } = query.value;
  // One more than the page has: it tells whether there is a next page.
  const page = { limit: limit + 1, after: cursor };
  const found = await read(context, v.array(User), (db) => findUsers(db, filter, page));
  if (!found.ok) return answerUnread(found);

  const users = found.value.slice(0, limit);
  const last = found.value.length > limit ? users.at(-1) : undefined;
  const nextCursor = last && writeCursor(normalizeUserName(last.userName));
  return context.json({ users, nextCursor } satisfies v.InferOutput<typeof UserPage>);
}

/** `GET /api/Users/{id}`. */
export async function readUser(context: Context<AppEnv>): Promise<Response> {
  const id = idOf(context.req.url);
  if (id === undefined) return problem(404);
  const found = await read(context, v.optional(User), (db) => findUser(db, id));
  if (!found.ok) return answerUnread(found);
  return found.value === undefined ? problem(404) : context.json(found.value);
}

/** Reads the id as it was sent. The router folds a path to lower case, and ids keep their case. */
function idOf(url: string): string | undefined {
  const [, segment = ''] = /^\/api\/users\/([^/]+)\/?$/i.exec(new URL(url).pathname) ?? [];
  try {
    const id = decodeURIComponent(segment);
    return isStorable(id) ? id : undefined;
  } catch {
    return undefined;
  }
}

/** Returns nothing but the members of the schema, whatever the database returns. */
function read<T>(
  context: Context<AppEnv>,
  schema: v.GenericSchema<unknown, T>,
  query: (db: Database) => Promise<unknown>,
): Promise<Result<T, DatabaseReason, DatabaseDetails>> {
  const { database } = context.get('settings');
  return readDatabase(database, async (db) => v.parse(schema, await query(db)));
}

function answerUnread({ reason, details }: Failure<DatabaseReason, DatabaseDetails>): Response {
  log({ event: 'users_not_read', fault: reason, ...details });
  const detail = 'Users cannot be read at the moment.';
  return problem(503, { detail, retryAfterSeconds: FAULT_RETRY_SECONDS });
}

/** The caller need not understand it. @param name the normalised name that a page ended with */
function writeCursor(name: string): string {
  return base64url.encode(name);
}

function readCursor(cursor: string): string | undefined {
  try {
    const name = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(
      base64url.decode(cursor),
    );
    return name !== '' && isStorable(name) && writeCursor(name) === cursor ? name : undefined;
  } catch {
    return undefined;
  }
}
