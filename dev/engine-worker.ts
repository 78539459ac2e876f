/**
 * The thread in which the embedded PostgreSQL runs. A statement that hangs may block its thread for ever, so `engine.ts`
 * must be able to end it.
 *
 * @module
 */
import fs from 'node:fs';
import { parentPort, workerData } from 'node:worker_threads';
import { PGlite } from '@electric-sql/pglite';
import { createPgConfig } from '@electric-sql/pglite/node-postgres';
import type { Command, Report } from './engine.ts';
import { createExecutor } from './neon-queries.ts';

const NOBODY_ELSE = 0o700;

/** The engine sets the modes of its files itself, whatever the umask is. This is the same object that it uses. */
function keepFilesPrivate(): void {
  const { chmodSync, fchmodSync } = fs;
  fs.chmodSync = (path, mode) => chmodSync(path, Number(mode) & NOBODY_ELSE);
  fs.fchmodSync = (file, mode) => fchmodSync(file, Number(mode) & NOBODY_ELSE);
}

const report = (message: Report) => parentPort?.postMessage(message);
const FOR_EVER = new AbortController().signal;

keepFilesPrivate();
try {
  const pglite = await PGlite.create(workerData as string | undefined);
  const execute = createExecutor(createPgConfig(pglite));
  parentPort?.on('message', async (command: Command) => {
    if (command === 'close') {
      await pglite.close();
      parentPort?.close();
    } else {
      report({ answer: await execute(command, FOR_EVER) });
    }
  });
  report('ready');
} catch (error) {
  report({ unusable: error instanceof Error ? error.message : String(error) });
  parentPort?.close();
}
