/**
 * The thread in which the embedded PostgreSQL runs. A statement that hangs may block its thread for ever, so `engine.ts`
 * must be able to end it.
 *
 * @module
 */
import { parentPort, workerData } from 'node:worker_threads';
import { createPgConfig } from '@electric-sql/pglite/node-postgres';
import { openEmbeddedPostgres } from './embedded-postgres.ts';
import type { Command, Report } from './engine.ts';
import { createExecutor } from './neon-queries.ts';

const report = (message: Report) => parentPort?.postMessage(message);
const FOR_EVER = new AbortController().signal;

try {
  const pglite = await openEmbeddedPostgres({ dataDir: workerData as string | undefined });
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
