/**
 * How much an isolate takes on: all its logins hash on one thread, so that each makes every other one
 * wait longer. Who would come too late is told so before the captcha token is spent.
 *
 * @module
 */

/** Longer than any login takes: see the deadlines in `docs/limits.md`. */
const LONGEST_LOGIN_MS = 30_000;

interface Login {
  name: string;
  since: number;
}

/** The logins of an isolate that may yet come to hash a password. */
export class HashCapacity {
  #logins = new Set<Login>();

  /**
   * Takes a login on, unless the passwords to hash might become too many.
   *
   * The lockout lets only so many attempts on one name reach the hash, whatever number has been taken
   * on. So those on one name count for no more: a flood on it keeps nobody else out.
   *
   * @param name the normalised user name
   * @param capacity how many passwords to hash at a time
   * @param failures how many attempts on one name reach the hash
   * @param now milliseconds since 1970
   * @returns what to call when the login has ended; `null` where it was not taken on
   */
  takeOn(name: string, capacity: number, failures: number, now: number): (() => void) | null {
    // A request that was cancelled never says that it has ended.
    for (const login of this.#logins) {
      if (now - login.since > LONGEST_LOGIN_MS) this.#logins.delete(login);
    }
    const byName = Map.groupBy(this.#logins, (login) => login.name);
    const counts = [...byName.values()].map(({ length }) => Math.min(length, failures));
    const hashes = counts.reduce((sum, count) => sum + count, 0);
    const addsOne = (byName.get(name)?.length ?? 0) < failures;
    if (addsOne && hashes >= capacity) return null;

    const login = { name, since: now };
    this.#logins.add(login);
    return () => this.#logins.delete(login);
  }
}

/** The isolate's own. */
export const hashCapacity = new HashCapacity();
