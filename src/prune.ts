/**
 * The cron trigger: forgets what counts no longer.
 *
 * @module
 */
import { connect } from './db/connection.ts';
import { databaseFault } from './db/fault.ts';
import { pruneAttempts } from './db/lockout.ts';
import { log } from './log.ts';
import { readSettings } from './settings.ts';

/** Nobody waits for it, and after a flood there may be a million rows to delete. */
const PRUNE_DEADLINE_MS = 60_000;

export async function prune(env: Env): Promise<void> {
  const verdict = await readSettings(env);
  if (!verdict.ok) return log({ event: 'settings_refused', faults: verdict.faults });
  const { databaseUrl, lockout } = verdict.settings;
  try {
    const names = await pruneAttempts(connect(databaseUrl, PRUNE_DEADLINE_MS), lockout);
    log({ event: 'attempts_pruned', names });
  } catch (error) {
    log({ event: 'attempts_not_pruned', ...databaseFault(error) });
  }
}
