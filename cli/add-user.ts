/**
 * `users add`: a new user with a role and a password.
 *
 * @module
 */
import { sql } from 'drizzle-orm';
import { hashPassword } from '../src/password/password.ts';
import { audit } from './audit.ts';
import { withDatabase } from './database.ts';
import { readNewPassword } from './new-password.ts';
import { checkNewUser, makeUser, type NewUserOptions, readNewUser } from './new-user.ts';
import { printLine } from './print.ts';

export interface AddUserOptions extends NewUserOptions {
  passwordStdin: boolean;
}

export async function addUser(name: string, options: AddUserOptions): Promise<void> {
  const user = readNewUser(name, options);
  const { userName, roleName, email } = user;
  // Everything else is checked first, so that nobody types a password in vain.
  if (!options.passwordStdin) await withDatabase((target) => checkNewUser(target, user));
  const ownNames = email === undefined ? [userName] : [userName, email];
  const password = await readNewPassword(options.passwordStdin, ownNames);
  const passwordHash = await hashPassword(password);
  await withDatabase(async (target) => {
    const userId = await makeUser(target, user, { passwordHash, passwordSetAt: sql`now()` });
    audit({ event: 'password_set', userId, userName });
    printLine(`Added ${userName} (${roleName}) to ${target.name}.`);
  });
}
