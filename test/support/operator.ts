/** A local database of a test file's own, and the operator's commands on it as processes. */
import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll } from 'vitest';
import { type LocalDatabase, openLocalDatabase } from '../../dev/local-database.ts';
import { connect, type Database } from '../../src/db/connection.ts';
import { makeTemporaryFolder } from './make-temporary-folder.ts';
import { start } from './process.ts';
import { copyDatabaseInto } from './temporary-folder.ts';

/** On standard error, beside the sentences for people on standard output. */
const EVENT_LINES = /^\{"event":.*\n/gm;

/** Opens it before the tests of the file, and closes it after them. */
export function useLocalDatabase() {
  const folder = makeTemporaryFolder();
  const temporary = join(folder, 'tmp');
  let local: LocalDatabase;

  async function open(): Promise<void> {
    local = (await openLocalDatabase(folder, { isShared: true })) as LocalDatabase;
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

  function begin(args: string[], input = '', environment: Record<string, string> = {}) {
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
    begin,
    /** Runs a command. @returns its output without the events, and these apart */
    async portero(args: string[], input = '', environment: Record<string, string> = {}) {
      const command = begin(args, input, environment);
      const exitCode = await command.ended;
      const output = command.output();
      return { exitCode, output: output.replace(EVENT_LINES, '') };
    },
    /** Runs a command. @returns its events */
    async eventsOf(args: string[], input = ''): Promise<unknown[]> {
      const command = begin(args, input);
      await command.ended;
      return (command.output().match(EVENT_LINES) ?? []).map((line) => JSON.parse(line));
    },
  };
}
