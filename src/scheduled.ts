/**
 * The cron trigger of `wrangler.toml`.
 *
 * @module
 */
import { log } from './log.ts';
import { prune } from './prune.ts';
import { sendNotices } from './send-notices.ts';
import { readSettings } from './settings.ts';

/** The mails come first, because old ones are forgotten afterwards. */
export async function runScheduled(env: Env): Promise<void> {
  const settings = await readSettings(env);
  if (!settings.ok) return log({ event: 'settings_refused', ...settings.details });
  await sendNotices(settings.value);
  await prune(settings.value);
}
