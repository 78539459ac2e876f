/**
 * The protected reads of users.
 *
 * @module
 */
import type { Context } from 'hono';
import { base64url } from 'jose';
import * as v from 'valibot';
import type { AppEnv } from './app-env.ts';
import { connect, type Database } from './db/connection.ts';
import { databaseFault } from './db/fault.ts';
import { findUser, listUsers } from './db/user-reads.ts';
import { log } from './log.ts';
import { FAULT_RETRY_SECONDS, later, problem } from './problem.ts';
import { readQuery } from './query.ts';
import { isStorable, MAX_USER_NAME_LENGTH, normalizeUserName } from './user-name.ts';

/** The answer of `GET /api/Users/me`. */
export const Me = v.object({
  id: v.string(),
  userName: v.string(),
  /** The name of the role. */
  role: v.string(),
  admin: v.boolean(),
  /** Absent for an administrator, who may do everything. */
  permissions: v.optional(v.array(v.string())),
});

/** `GET /api/Users/me`: who the caller is and what it may do, from the token alone. */
export function readMe(context: Context<AppEnv>): Response {
  const { sub, name, role, admin = false, permissions } = context.get('caller');
  const me: v.InferOutput<typeof Me> = { id: sub, userName: name, role, admin, permissions };
  return context.json(me);
}

const DEFAULT_PAGE_SIZE = 50;
const MAX_PAGE_SIZE = 100;

const LIMIT_PROBLEM = `is not a whole number from 1 to ${MAX_PAGE_SIZE}`;
const TEXT_PROBLEM = `does not have 1 to ${MAX_USER_NAME_LENGTH} characters that can be stored`;

const text = v.pipe(
  v.string(),
  v.trim(),
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
  /** For the query of the next page; absent on the last one. */
  nextCursor: v.optional(v.string()),
});

/** `GET /api/Users`: a page of users, and where the next one begins if there is one. */
export async function readUsers(context: Context<AppEnv>): Promise<Response> {
  const verdict = readQuery(context.req.url, UserQuery);
  if ('refusal' in verdict) return verdict.refusal;
  const { limit, cursor, ...filter } = verdict.query;
  const rows = await read(context, v.array(User), (db) => listUsers(db, filter, limit + 1, cursor));
  if (rows instanceof Response) return rows;

  const users = rows.slice(0, limit);
  const last = rows.length > limit ? users.at(-1) : undefined;
  const nextCursor = last && writeCursor(normalizeUserName(last.userName));
  return context.json({ users, nextCursor } satisfies v.InferOutput<typeof UserPage>);
}

/** `GET /api/Users/{id}`. */
export async function readUser(context: Context<AppEnv>): Promise<Response> {
  const id = idOf(context.req.url);
  if (id === undefined) return problem(404);
  const user = await read(context, v.optional(User), (db) => findUser(db, id));
  if (user instanceof Response) return user;
  return user === undefined ? problem(404) : context.json(user);
}

/** As it was sent: paths are matched without regard to case, and ids are not. */
function idOf(url: string): string | undefined {
  const [, segment = ''] = /^\/api\/users\/([^/]+)\/?$/i.exec(new URL(url).pathname) ?? [];
  try {
    const id = decodeURIComponent(segment);
    return isStorable(id) ? id : undefined;
  } catch {
    return undefined;
  }
}

/** Answers nothing but what the schema has, whatever the database returns. */
async function read<T>(
  context: Context<AppEnv>,
  schema: v.GenericSchema<unknown, T>,
  query: (db: Database) => Promise<unknown>,
): Promise<T | Response> {
  try {
    return v.parse(schema, await query(connect(context.get('settings').databaseUrl)));
  } catch (error) {
    log({ event: 'users_not_read', ...databaseFault(error) });
    return later(503, 'Users cannot be read at the moment.', FAULT_RETRY_SECONDS);
  }
}

/** Opaque to the caller. @param name the normalised name that a page ended with */
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
