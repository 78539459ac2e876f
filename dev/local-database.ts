/**
 * The local database: an embedded PostgreSQL in a folder of the checkout, behind the same HTTP
 * endpoint as Neon. One process at a time has it; others reach it through that process's endpoint.
 *
 * @module
 */
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PGlite } from '@electric-sql/pglite';
import { migrate } from '../drizzle/migrate.ts';
import { lockFolder } from './folder-lock.ts';
import { startLocalServer } from './local-server.ts';
import { OperatorError } from './operator-error.ts';
import { seed } from './seed.ts';

/**
 * Everything local: the database, the lock on it, and the development secret. Ignored by git. The tests
 * use a folder of their own.
 */
export const LOCAL_FOLDER =
  process.env.PORTERO_LOCAL_FOLDER || join(import.meta.dirname, '..', '.portero');

export interface LocalDatabase {
  databaseUrl: string;
  close(): Promise<void>;
}

export interface LocalDatabaseOptions {
  /** Where the endpoint listens; any free port by default. */
  port?: number;
  /** Deletes the data first. */
  reset?: boolean;
  /** Tells other processes where it serves, because it will for long. */
  isShared?: boolean;
}

/**
 * Opens the database, creating, migrating and seeding it where needed, and serves its endpoint.
 *
 * @returns `null` where another process has it open
 */
export async function openLocalDatabase(
  folder = LOCAL_FOLDER,
  { port = 0, reset = false, isShared = false }: LocalDatabaseOptions = {},
): Promise<LocalDatabase | null> {
  const unlock = lock(folder);
  if (unlock === null) return null;
  // From the last step to the first, whatever part has been taken.
  const undo: (() => unknown)[] = [unlock];
  const close = async () => {
    for (const step of undo.splice(0).reverse()) await step();
  };
  const urlFile = join(folder, 'database-url');
  const data = join(folder, 'postgres');
  try {
    rmSync(urlFile, { force: true });
    if (reset) rmSync(data, { recursive: true, force: true });
    if (!existsSync(data)) await initialize(data);
    const pglite = await openPostgres(data);
    undo.push(() => pglite.close());

    const server = await startLocalServer(pglite, port);
    undo.push(() => server.close());
    const { databaseUrl } = server;
    await migrate(databaseUrl);
    await seed(databaseUrl);

    if (isShared) {
      writeFileSync(urlFile, databaseUrl);
      undo.push(() => rmSync(urlFile, { force: true }));
    }
    return { databaseUrl, close };
  } catch (error) {
    await close();
    throw error;
  }
}

function lock(folder: string): (() => void) | null {
  try {
    mkdirSync(folder, { recursive: true });
    return lockFolder(folder);
  } catch (error) {
    throw new OperatorError(`The folder ${folder} cannot be used: ${reasonOf(error)}`);
  }
}

async function openPostgres(data: string): Promise<PGlite> {
  try {
    return await PGlite.create(data);
  } catch (error) {
    throw new OperatorError(
      `The data in ${data} cannot be opened: ${reasonOf(error)}\n` +
        'To start with fresh data: npm run dev -- --reset',
    );
  }
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** Makes an empty database beside its place, so that an interrupted first start leaves none half-made. */
async function initialize(data: string): Promise<void> {
  const unfinished = `${data}.unfinished`;
  rmSync(unfinished, { recursive: true, force: true });
  console.error('Setting up the local database …');
  const pglite = await PGlite.create(unfinished);
  await pglite.close();
  renameSync(unfinished, data);
}

/** Whether another process has the database open. */
export function isInUse(folder = LOCAL_FOLDER): boolean {
  const unlock = lock(folder);
  unlock?.();
  return unlock === null;
}

/** The `DATABASE_URL` of the process that has the database open, where it serves others. */
export function servedDatabaseUrl(folder = LOCAL_FOLDER): string | null {
  const urlFile = join(folder, 'database-url');
  return existsSync(urlFile) ? readFileSync(urlFile, 'utf8') : null;
}
