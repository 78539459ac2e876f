/** A local database of a test file's own, and the operator's commands on it. */
import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll } from 'vitest';
import { type LocalDatabase, openLocalDatabase } from '../../dev/local-database.ts';
import { connect, type Database } from '../../src/db/connection.ts';
import { runHere } from './command.ts';
import { expectValue } from './expect-value.ts';
import { makeMemoryFolder } from './make-temporary-folder.ts';
import { type Environment, start } from './process.ts';
import { copyDatabaseInto } from './temporary-folder.ts';

/** On standard error, beside the sentences for people on standard output. */
const EVENT_LINES = /^\{"event":.*\n/gm;

/** Opens it before the tests of the file, and closes it after them. */
export function useLocalDatabase() {
  const folder = makeMemoryFolder();
  const temporary = join(folder, 'tmp');
  let local: LocalDatabase;

  async function open(): Promise<void> {
    local = expectValue(await openLocalDatabase(folder, { isShared: true }));
  }
  beforeAll(async () => {
    copyDatabaseInto(folder);
    mkdirSync(temporary);
    await open();
  });
  afterAll(async () => {
    await local.close();
    rmSync(folder, { recursive: true });
  });

  function begin(args: string[], input = '', environment: Environment = {}) {
    const own = { PORTERO_LOCAL_FOLDER: folder, TMPDIR: temporary };
    return start(['cli/portero.ts', ...args], { ...own, ...environment }, input);
  }

  return {
    folder,
    open,
    close: () => local.close(),
    databaseUrl: () => local.databaseUrl,
    db: (): Database => connect(local.databaseUrl),
    /** What commands have left in the folder for temporary files. */
    temporaryFiles: () => readdirSync(temporary),
    /** Starts a command as a process. */
    begin,
    /** Runs a command as a process. */
    async asProcess(args: string[], input = '', environment: Environment = {}) {
      const command = begin(args, input, environment);
      const exitCode = await command.ended;
      return { exitCode, output: withoutEvents(command.output()) };
    },
    /** Runs a command within this process, one at a time, which is ten times as fast. */
    async portero(args: string[], input = '', environment: Environment = {}) {
      const { exitCode, output } = await runOnLocal(local.databaseUrl, args, input, environment);
      return { exitCode, output: withoutEvents(output) };
    },
    /** Runs a command. @returns its events */
    async eventsOf(args: string[], input = '', environment: Environment = {}): Promise<unknown[]> {
      const { output } = await runOnLocal(local.databaseUrl, args, input, environment);
      return (output.match(EVENT_LINES) ?? []).map((line) => JSON.parse(line));
    },
  };
}

const withoutEvents = (output: string) => output.replace(EVENT_LINES, '');

/** @returns the output as of a process of its own, which finds the database by itself and calls it so */
async function runOnLocal(
  DATABASE_URL: string,
  args: string[],
  input: string,
  environment: Environment = {},
) {
  const { exitCode, output } = await runHere(args, { DATABASE_URL, ...environment }, input);
  const named = output.replace(/(t)he database at 127\.0\.0\.1/gi, '$1he local database');
  return { exitCode, output: named };
}
