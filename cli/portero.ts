/**
 * The operator's command line: `npm run portero -- COMMAND`.
 *
 * @module
 */
import { runCommand } from './program.ts';

await runCommand(process.argv.slice(2));
