/**
 * `users export`: all users with their hashes, for another system. `docs/password-hash.md` documents the format.
 *
 * @module
 */
import { asc, eq, gt } from 'drizzle-orm';
import { connect, type Database } from '../src/db/connection.ts';
import type { DatabaseAddress } from '../src/db/database-address.ts';
import { roles, users } from '../src/db/schema.ts';
import { audit } from './audit.ts';
import { withDatabase } from './database.ts';
import { toSafeJson } from './escape.ts';
import type { ExitCode } from './exit-code.ts';
import { Interruption } from './interruption.ts';
import { type OutputOptions, STANDARD_OUTPUT, writeOutput } from './output-file.ts';
import { printErrorLine, printLine } from './print.ts';
import { showProgress } from './progress.ts';

export type ExportOptions = OutputOptions;

/** @param file a path, or `-` for standard output */
export async function exportUsers(file: string, options: ExportOptions): Promise<ExitCode> {
  const interruption = new Interruption();
  await withDatabase(async ({ database, name }) => {
    const progress = showProgress(await connect(database).$count(users));
    let exported = 0;
    async function* chunks() {
      for await (const page of pages(database)) {
        yield page.map((user) => `${toSafeJson(user)}\n`).join('');
        exported += page.length;
        progress.advance(page.length);
      }
    }
    await writeOutput(file, chunks(), options).finally(() => progress.end());
    audit({ event: 'users_exported', exported });
    const isFile = file !== STANDARD_OUTPUT;
    const print = isFile ? printLine : printErrorLine;
    print(`Exported ${exported} users of ${name}${isFile ? ` to ${file}` : ''}.`);
    print('The export holds every password hash. Keep it as safe as the database.');
  });
  return interruption.conclude();
}

/** Few enough for one answer of Neon's HTTP endpoint, and for the memory of this process. */
const PAGE_SIZE = 1000;

const PAGE_DEADLINE_MS = 60_000;

/** Yields all users, in the order of their ids. Each page is a statement of its own, so there is no common snapshot. */
async function* pages(database: DatabaseAddress) {
  let page: Awaited<ReturnType<typeof readPage>> = [];
  do {
    page = await readPage(connect(database, PAGE_DEADLINE_MS), page.at(-1)?.id);
    yield page;
  } while (page.length === PAGE_SIZE);
}

function readPage(db: Database, afterId: string | undefined) {
  return db
    .select({
      id: users.id,
      userName: users.userName,
      email: users.email,
      emailConfirmed: users.emailConfirmed,
      active: users.active,
      role: roles.name,
      passwordHash: users.passwordHash,
      passwordSetAt: users.passwordSetAt,
      createdAt: users.createdAt,
      lastLoginAt: users.lastLoginAt,
    })
    .from(users)
    .innerJoin(roles, eq(roles.id, users.roleId))
    .where(afterId === undefined ? undefined : gt(users.id, afterId))
    .orderBy(asc(users.id))
    .limit(PAGE_SIZE);
}
