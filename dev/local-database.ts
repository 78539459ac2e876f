/**
 * The local database: an embedded PostgreSQL in a folder of the checkout, behind the same HTTP endpoint as Neon. One
 * process at a time has it open. Other processes reach it through the endpoint of that process.
 *
 * @module
 */
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { type Failure, fail, type Success, succeed } from '#portero/internal/result.ts';
import { migrate } from '../src/db/migrate.ts';
import { type Engine, startEngine } from './engine.ts';
import { lockFolder } from './folder-lock.ts';
import { startLocalServer } from './local-server.ts';
import { seed } from './seed.ts';

/**
 * The folder for everything local: the database, the lock on it, and the development secret. Git ignores it. The tests
 * use a folder of their own.
 */
export const LOCAL_FOLDER =
  process.env.PORTERO_LOCAL_FOLDER || join(import.meta.dirname, '..', '.portero');

export interface LocalDatabase {
  databaseUrl: string;
  close(): Promise<void>;
}

export interface LocalDatabaseOptions {
  /** The port of the endpoint. Any free port by default. */
  port?: number;
  /** The password of the database. A random one by default. */
  password?: string | undefined;
  /** Deletes the data first. */
  reset?: boolean;
  /** Tells other processes the address of the endpoint, because this one stays open for long. */
  isShared?: boolean;
}

/** `in_use`: another process has it open. `unusable`: the sentence says for people what is wrong. */
type Opening<T> = Success<T> | Failure<'in_use'> | Failure<'unusable', { sentence: string }>;

/** Opens the database, and serves its endpoint. Where needed, it creates, migrates and seeds the database first. */
export async function openLocalDatabase(
  folder = LOCAL_FOLDER,
  { port = 0, password, reset = false, isShared = false }: LocalDatabaseOptions = {},
): Promise<Opening<LocalDatabase>> {
  const locked = lock(folder);
  if (!locked.ok) return locked;
  // Steps that undo what has been done so far. They run from the last to the first.
  const undo: (() => unknown)[] = [locked.value];
  const close = async () => {
    for (const step of undo.splice(0).reverse()) await step();
  };
  const urlFile = join(folder, 'database-url');
  const data = join(folder, 'postgres');
  try {
    rmSync(urlFile, { force: true });
    if (reset) rmSync(data, { recursive: true, force: true });
    if (!existsSync(data)) await initialize(data);
    const opened = await openPostgres(data);
    if (!opened.ok) {
      await close();
      return opened;
    }
    const { execute, close: closeEngine } = opened.value;
    undo.push(closeEngine);
    makePrivate(folder);

    const server = await startLocalServer({ execute, port, password });
    undo.push(() => server.close());
    const { databaseUrl } = server;
    await migrate(databaseUrl);
    await seed(databaseUrl);

    if (isShared) {
      writeFileSync(urlFile, databaseUrl, { mode: PRIVATE_FILE });
      undo.push(() => rmSync(urlFile, { force: true }));
    }
    return succeed({ databaseUrl, close });
  } catch (error) {
    await close();
    throw error;
  }
}

/** @returns how to unlock the folder again */
function lock(folder: string): Opening<() => void> {
  try {
    mkdirSync(folder, { recursive: true, mode: PRIVATE_FOLDER });
    const unlock = lockFolder(folder);
    return unlock === undefined ? fail('in_use') : succeed(unlock);
  } catch (error) {
    const sentence = `The folder ${folder} cannot be used: ${messageOf(error)}`;
    return fail('unusable', { sentence });
  }
}

/** The database holds password hashes, and its address a password: they are no business of other users of the machine. */
const PRIVATE_FOLDER = 0o700;
const PRIVATE_FILE = 0o600;

/** The engine makes files that every user may read and write. `npm run dev` has a umask for those that it adds later. */
function makePrivate(folder: string): void {
  chmodSync(folder, PRIVATE_FOLDER);
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) makePrivate(path);
    else if (entry.isFile()) chmodSync(path, PRIVATE_FILE);
  }
}

async function openPostgres(data: string): Promise<Opening<Engine>> {
  try {
    return succeed(await startEngine(data));
  } catch (error) {
    const sentence =
      `The data in ${data} cannot be opened: ${messageOf(error)}\n` +
      'To start with fresh data: npm run dev -- --reset';
    return fail('unusable', { sentence });
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** Makes an empty database beside its place. So a first start that is interrupted leaves no half-made one. */
async function initialize(data: string): Promise<void> {
  const unfinished = `${data}.unfinished`;
  rmSync(unfinished, { recursive: true, force: true });
  console.error('Setting up the local database …');
  const engine = await startEngine(unfinished);
  await engine.close();
  renameSync(unfinished, data);
}

/** Whether another process has the database open. */
export function isInUse(folder = LOCAL_FOLDER): boolean {
  const locked = lock(folder);
  if (locked.ok) locked.value();
  return !locked.ok && locked.reason === 'in_use';
}

/** The `DATABASE_URL` of the process that has the database open. `undefined` where no process serves it to others. */
export function servedDatabaseUrl(folder = LOCAL_FOLDER): string | undefined {
  const urlFile = join(folder, 'database-url');
  return existsSync(urlFile) ? readFileSync(urlFile, 'utf8') : undefined;
}
