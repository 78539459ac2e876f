/**
 * `users unlock`: ends a lock at once.
 *
 * @module
 */
import { connect } from '../src/db/connection.ts';
import { unlockName } from '../src/db/lockout.ts';
import { normalizeUserName } from '../src/user-name.ts';
import { audit } from './audit.ts';
import { withDatabase } from './database.ts';
import { readName } from './names.ts';
import { printLine } from './print.ts';

/** A name that no user has can be locked as well. The command does not tell whether a user has the name. */
export async function unlockUser(text: string): Promise<void> {
  const userName = readName('user name', text);
  await withDatabase(async ({ database, name }) => {
    const hadAttempts = await unlockName(connect(database), normalizeUserName(userName));
    if (hadAttempts) audit({ event: 'name_unlocked', userName });
    printLine(
      hadAttempts
        ? `Unlocked ${userName} in ${name}.`
        : `Nothing to unlock: no failed login of ${userName} counts in ${name}.`,
    );
  });
}
