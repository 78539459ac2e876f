/**
 * Forgets what is no longer needed.
 *
 * @module
 */
import { askDatabase } from './db/connection.ts';
import { pruneForeignLayers } from './db/foreign-layers.ts';
import { pruneForgottenRequests } from './db/forgotten-requests.ts';
import { pruneAttempts } from './db/lockout.ts';
import { pruneNotices } from './db/notices.ts';
import { pruneLinks } from './db/password-links.ts';
import { log } from './log.ts';
import type { Settings } from './settings.ts';

/** Nobody waits for it, and after a flood there may be a million rows to delete. */
const PRUNE_DEADLINE_MS = 60_000;

export async function prune({ database, lockout }: Settings): Promise<void> {
  const pruned = await askDatabase(
    database,
    async (db) => ({
      names: await pruneAttempts(db, lockout),
      foreignLayers: await pruneForeignLayers(db),
      links: await pruneLinks(db),
      requests: await pruneForgottenRequests(db),
      notices: await pruneNotices(db),
    }),
    PRUNE_DEADLINE_MS,
  );
  if (pruned.ok) log({ event: 'pruned', ...pruned.value });
  else log({ event: 'not_pruned', fault: pruned.reason, ...pruned.details });
}
