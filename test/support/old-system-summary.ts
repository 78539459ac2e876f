/** What an old system holds, counted. An import accounts for the same numbers. */
import { FOREVER, type OldUser } from './old-system.ts';

export type OldSystemSummary = ReturnType<typeof summarize>;

/** Counts the users by case. One user may be of several. */
export function summarize(users: Iterable<OldUser>) {
  const count = {
    ...{ users: 0, withoutPassword: 0, inactive: 0, unconfirmed: 0, twoFactor: 0 },
    ...{ lockedForever: 0, lockedShortly: 0, exemptFromLocks: 0 },
    ...{ phoneNumbers: 0, passkeys: 0, sharedAddresses: 0, paddedNames: 0 },
    hashes: {} as Record<string, number>,
    roles: {} as Record<string, number>,
    claims: {} as Record<string, number>,
    logins: {} as Record<string, number>,
  };
  const add = (counts: Record<string, number>, name: string) => {
    counts[name] = (counts[name] ?? 0) + 1;
  };
  let address: string | null = null;
  for (const user of users) {
    count.users++;
    if (user.hash === null) count.withoutPassword++;
    else add(count.hashes, user.hash.kind);
    if (!user.activo) count.inactive++;
    if (!user.emailConfirmed) count.unconfirmed++;
    if (user.twoFactorEnabled) count.twoFactor++;
    if (user.lockoutEnd !== null) {
      if (!user.lockoutEnabled) count.exemptFromLocks++;
      else if (user.lockoutEnd === FOREVER) count.lockedForever++;
      else count.lockedShortly++;
    }
    if (user.phoneNumber !== null) count.phoneNumbers++;
    count.passkeys += user.passkeys;
    // Only neighbours share one.
    if (user.email !== null && user.email === address) count.sharedAddresses++;
    address = user.email;
    if (user.userName !== user.userName.trim()) count.paddedNames++;
    add(count.roles, user.roles.map(({ name }) => name).join(' + ') || 'none');
    for (const { type } of user.claims) add(count.claims, type);
    for (const provider of user.logins) add(count.logins, provider);
  }
  return count;
}
