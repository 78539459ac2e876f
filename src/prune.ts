/**
 * The cron trigger: forgets what is no longer needed.
 *
 * @module
 */
import { askDatabase } from './db/connection.ts';
import { pruneForeignLayers } from './db/foreign-layers.ts';
import { pruneAttempts } from './db/lockout.ts';
import { log } from './log.ts';
import { readSettings } from './settings.ts';

/** Nobody waits for it, and after a flood there may be a million rows to delete. */
const PRUNE_DEADLINE_MS = 60_000;

export async function prune(env: Env): Promise<void> {
  const settings = await readSettings(env);
  if (!settings.ok) return log({ event: 'settings_refused', ...settings.details });
  const { database, lockout } = settings.value;
  const pruned = await askDatabase(
    database,
    async (db) => ({
      names: await pruneAttempts(db, lockout),
      foreignLayers: await pruneForeignLayers(db),
    }),
    PRUNE_DEADLINE_MS,
  );
  if (pruned.ok) log({ event: 'pruned', ...pruned.value });
  else log({ event: 'not_pruned', fault: pruned.reason, ...pruned.details });
}
