/**
 * The operator's command line: `npm run portero -- COMMAND`.
 *
 * @module
 */
import { runCommand } from './program.ts';

process.exitCode = await runCommand(process.argv.slice(2));
