/**
 * The cron trigger: forgets what counts no longer.
 *
 * @module
 */
import { connect } from './db/connection.ts';
import { databaseFault } from './db/fault.ts';
import { pruneForeignLayers } from './db/foreign-layers.ts';
import { pruneAttempts } from './db/lockout.ts';
import { log } from './log.ts';
import { readSettings } from './settings.ts';

/** Nobody waits for it, and after a flood there may be a million rows to delete. */
const PRUNE_DEADLINE_MS = 60_000;

export async function prune(env: Env): Promise<void> {
  const verdict = await readSettings(env);
  if (!verdict.ok) return log({ event: 'settings_refused', faults: verdict.faults });
  const { databaseUrl, lockout } = verdict.settings;
  const db = connect(databaseUrl, PRUNE_DEADLINE_MS);
  try {
    const names = await pruneAttempts(db, lockout);
    const foreignLayers = await pruneForeignLayers(db);
    log({ event: 'pruned', names, foreignLayers });
  } catch (error) {
    log({ event: 'not_pruned', ...databaseFault(error) });
  }
}
