/**
 * The database that a command works on: the database of `DATABASE_URL`, or the local one where that is not set.
 *
 * @module
 */
import { setTimeout as wait } from 'node:timers/promises';
import { sql } from 'drizzle-orm';
import { connect } from '../src/db/connection.ts';
import {
  type DatabaseAddress,
  parseDatabaseUrl,
  readDatabaseAddress,
} from '../src/db/database-address.ts';
import { databaseFailure } from '../src/db/failure.ts';
import { OperatorError } from './operator-error.ts';

/** How long to wait for another command to end, or for `npm run dev` to start. */
const LOCAL_WAIT_MS = 30_000;
const LOCAL_POLL_MS = 100;

export interface Target {
  database: DatabaseAddress;
  /** For people: `the local database`. */
  name: string;
  /** The database of `npm run dev`. */
  isLocal: boolean;
}

/** Runs a command on its database. @throws OperatorError for every fault of the database */
export async function withDatabase<T>(use: (target: Target) => Promise<T>): Promise<T> {
  const databaseUrl = settingOf('DATABASE_URL');
  const neonEndpoint = settingOf('NEON_ENDPOINT');
  if (databaseUrl === undefined && neonEndpoint === undefined) return withLocalDatabase(use);
  const database = readDatabaseAddress(databaseUrl, neonEndpoint);
  if (!database.ok) {
    const { setting, problem } = database.details;
    throw new OperatorError(`${setting} ${problem}.`);
  }
  const target = { database: database.value, name: nameOf(database.value), isLocal: false };
  return explainFaults(target, use);
}

/** A blank setting is a missing one, as in the Worker. */
function settingOf(name: string): string | undefined {
  const value = process.env[name] ?? '';
  return value.trim() === '' ? undefined : value;
}

/** For people: the host that is asked. */
function nameOf(database: DatabaseAddress): string {
  return typeof database === 'string'
    ? `the database at ${parseDatabaseUrl(database)?.hostname}`
    : `the database behind ${new URL(database.neonEndpoint).host}`;
}

async function withLocalDatabase<T>(use: (target: Target) => Promise<T>): Promise<T> {
  const localTarget = { name: 'the local database', isLocal: true };
  // It brings an embedded PostgreSQL along, which a command on another database need not load.
  const { openLocalDatabase, servedDatabaseUrl } = await import('../dev/local-database.ts');
  for (const giveUpAt = Date.now() + LOCAL_WAIT_MS; Date.now() < giveUpAt; ) {
    const local = await openLocalDatabase();
    if (local.ok) {
      const { databaseUrl, close } = local.value;
      return explainFaults({ database: databaseUrl, ...localTarget }, use).finally(close);
    }
    if (local.reason === 'unusable') throw new OperatorError(local.details.sentence);
    // `npm run dev` has it, and serves it to other processes. Or another command has it, and will be done in a moment.
    const databaseUrl = servedDatabaseUrl();
    if (databaseUrl !== undefined && (await answers(databaseUrl))) {
      return explainFaults({ database: databaseUrl, ...localTarget }, use);
    }
    await wait(LOCAL_POLL_MS);
  }
  throw new OperatorError('The local database is in use by another command.');
}

async function answers(databaseUrl: string): Promise<boolean> {
  try {
    await connect(databaseUrl).execute(sql`select 1`);
    return true;
  } catch {
    return false;
  }
}

/** A table or a column that a newer migration makes. */
const UNDEFINED = ['42P01', '42703'];
const INVALID_PASSWORD = '28P01';
const NOT_ALLOWED = '42501';
/** Before and since PostgreSQL 16. */
const NO_EXTENSION = ['58P01', '0A000'];
/** A type or a table that is there already. */
const DUPLICATES = ['42710', '42P07'];

async function explainFaults<T>(target: Target, use: (target: Target) => Promise<T>): Promise<T> {
  try {
    return await use(target);
  } catch (error) {
    if (error instanceof OperatorError) throw error;
    const { reason, details: { sqlState } = {} } = databaseFailure(error);
    const { name } = target;
    if (UNDEFINED.includes(sqlState ?? '')) {
      throw new OperatorError(
        `A table or a column is missing in ${name}: run npm run db:migrate first.`,
      );
    }
    if (DUPLICATES.includes(sqlState ?? '')) {
      throw new OperatorError(
        `${capitalized(name)} already has tables that db:migrate did not make. Migrate an empty one.`,
      );
    }
    if (sqlState === INVALID_PASSWORD) {
      throw new OperatorError(`The user and password of DATABASE_URL do not open ${name}.`);
    }
    if (sqlState === NOT_ALLOWED) {
      throw new OperatorError(`The user of DATABASE_URL may not do this in ${name}.`);
    }
    if (NO_EXTENSION.includes(sqlState ?? '')) {
      throw new OperatorError(
        `${capitalized(name)} lacks the extension pg_trgm, which the search for users needs.`,
      );
    }
    const why = {
      database_unreachable: 'cannot be reached',
      database_timeout: 'did not answer in time',
      database_bad_answer: 'gave an answer that is not understood',
      database_error: `answered with the error ${sqlState}`,
    };
    throw new OperatorError(`${capitalized(name)} ${why[reason]}.`);
  }
}

function capitalized(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
