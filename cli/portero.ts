/**
 * The operator's command line: `npm run portero -- COMMAND`.
 *
 * @module
 */
import { availableParallelism } from 'node:os';
import { runCommand } from './program.ts';

// Hashes run in libuv's pool of threads, which has four of them whatever the number of cores. The pool reads this when it is
// first used (https://docs.libuv.org/en/v1.x/threadpool.html).
process.env.UV_THREADPOOL_SIZE ??= String(availableParallelism());

process.exitCode = await runCommand(process.argv.slice(2));
