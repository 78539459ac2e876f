/**
 * The most logins that one isolate handles at once. All logins of an isolate hash on one thread, so each makes every other
 * login wait longer. A login that would wait too long is told so before its captcha token is spent.
 *
 * @module
 */
import { fail, type Result, succeed } from '#portero/internal/result.ts';

/**
 * No login takes longer: 21 s by the deadlines in `docs/limits.md`, and up to 10 s more with an imported hash of a million
 * iterations.
 */
const LONGEST_LOGIN_MS = 35_000;

/** A place among the hashes of an isolate. */
export interface HashSlot {
  /** Frees the slot. A second call does nothing. */
  release(): void;
}

export interface HashSlotLimits {
  /** The most logins that the isolate handles at once. */
  capacity: number;
  /** The most attempts on one name that reach the hash. */
  failures: number;
}

/** The slots of one isolate. A login takes one before anything tells whether it will hash a password. */
export class HashSlots {
  #taken = new Set<{ name: string; since: number }>();

  /**
   * Takes a slot, unless the passwords to hash might become too many.
   *
   * The lockout lets only so many attempts on one name reach the hash, however many slots they have. So the attempts on
   * one name count for no more than that, and a flood on one name keeps no other name out.
   *
   * @param name the normalised user name
   * @param now milliseconds since 1970
   */
  take(
    name: string,
    { capacity, failures }: HashSlotLimits,
    now: number,
  ): Result<HashSlot, 'isolate_busy'> {
    // A request that the runtime has cancelled never frees its slot.
    for (const slot of this.#taken) {
      if (now - slot.since > LONGEST_LOGIN_MS) this.#taken.delete(slot);
    }
    const byName = Map.groupBy(this.#taken, (slot) => slot.name);
    const counts = [...byName.values()].map(({ length }) => Math.min(length, failures));
    const hashes = counts.reduce((sum, count) => sum + count, 0);
    const addsAHash = (byName.get(name)?.length ?? 0) < failures;
    if (addsAHash && hashes >= capacity) return fail('isolate_busy');

    const slot = { name, since: now };
    this.#taken.add(slot);
    return succeed({ release: () => void this.#taken.delete(slot) });
  }
}
