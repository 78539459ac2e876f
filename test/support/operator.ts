/** A local database of a test file's own, and the operator's commands on it. */
import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { afterAll, beforeAll, expect, vi } from 'vitest';
import { runCommand } from '../../cli/program.ts';
import { type LocalDatabase, openLocalDatabase } from '../../dev/local-database.ts';
import { connect, type Database } from '../../src/db/connection.ts';
import { expectValue } from './expect-value.ts';
import { makeMemoryFolder } from './make-temporary-folder.ts';
import { start, TOKEN_OR_HASH } from './process.ts';
import { linesWithSecrets, noteSecret } from './secrets.ts';
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
    /** Starts a command as a process. */
    begin,
    /** Runs a command as a process. */
    async asProcess(args: string[], input = '', environment: Record<string, string> = {}) {
      const command = begin(args, input, environment);
      const exitCode = await command.ended;
      return { exitCode, output: withoutEvents(command.output()) };
    },
    /** Runs a command within this process, one at a time, which is ten times as fast. */
    async portero(args: string[], input = '') {
      const { exitCode, output } = await runHere(local.databaseUrl, args, input);
      return { exitCode, output: withoutEvents(output) };
    },
    /** Runs a command. @returns its events */
    async eventsOf(args: string[], input = ''): Promise<unknown[]> {
      const { output } = await runHere(local.databaseUrl, args, input);
      return (output.match(EVENT_LINES) ?? []).map((line) => JSON.parse(line));
    },
  };
}

const withoutEvents = (output: string) => output.replace(EVENT_LINES, '');

async function runHere(databaseUrl: string, args: string[], input: string) {
  vi.stubEnv('DATABASE_URL', databaseUrl);
  let output = '';
  const take = (text: unknown) => {
    output += text;
    return true;
  };
  const spies = [
    ...(['log', 'error'] as const).map((method) =>
      vi.spyOn(console, method).mockImplementation((text) => void take(`${text}\n`)),
    ),
    vi.spyOn(process, 'stdin', 'get').mockReturnValue(stdinOf(input)),
    vi.spyOn(process.stdout, 'write').mockImplementation(take),
    vi.spyOn(process.stderr, 'write').mockImplementation(take),
  ];
  try {
    const exitCode = await runCommand(args);
    // A process of its own would find the database by itself, and call it so.
    const named = output.replace(/(t)he database at 127\.0\.0\.1/gi, '$1he local database');
    return { exitCode, output: named };
  } finally {
    vi.unstubAllEnvs();
    for (const spy of spies) spy.mockRestore();
    expect(linesWithSecrets(output.split('\n'))).toEqual([]);
    expect(output).not.toMatch(TOKEN_OR_HASH);
  }
}

function stdinOf(input: string): typeof process.stdin {
  for (const line of input.split('\n')) noteSecret(line);
  return Readable.from([Buffer.from(input)]) as unknown as typeof process.stdin;
}
