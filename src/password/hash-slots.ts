/**
 * How many hashes an isolate takes on. They run one after the other, so each of them makes the next one wait longer. A login
 * that would wait too long is told so before its captcha token is spent.
 *
 * @module
 */
import { ITERATIONS_PER_LAYER, LAYERS } from '#password/cost.ts';
import { fail, type Result, succeed } from '#portero/internal/result.ts';

/**
 * The most iterations that wait in an isolate: 10 s on a slow machine, which does 880,000 a second. Where every login derives
 * foreign layers, it is fewer logins.
 */
const MOST_ITERATIONS = 8_800_000;

/**
 * No login holds a slot for longer: 26 s by the deadlines in `docs/limits.md`. A password change may, and then another one has
 * its place. A request that the runtime has ended never
 * releases its slot.
 */
const LONGEST_LOGIN_MS = 30_000;

/** A place for the hashes of a login. */
export interface HashSlot {
  /** Frees the slot. A second call does nothing. */
  release(): void;
}

/** What a slot is taken for. */
export interface HashDemand {
  /** The normalised user name. */
  name: string;
  /** How many hashes: the change of a password makes two. */
  hashes: number;
  /** Now, in milliseconds since 1970. */
  since: number;
}

export interface HashSlotLimits {
  /** The most hashes that the isolate takes on. */
  capacity: number;
  /** The most attempts on one name that reach the hash. */
  failures: number;
}

/** The slots of one isolate. A login takes one before anything tells whether it will hash a password. */
export class HashSlots {
  #taken = new Set<HashDemand>();
  #iterationsPerHash = ITERATIONS_PER_LAYER * LAYERS;

  /** Notes what the foreign layers of a login cost. @param iterations over all the blocks of their keys */
  expectLayers(iterations: number): void {
    this.#iterationsPerHash = ITERATIONS_PER_LAYER * LAYERS + iterations;
  }

  /**
   * Takes a slot, unless the passwords to hash might become too many.
   *
   * The lockout lets only so many attempts on one name reach the hash, however many slots they have. So the attempts on
   * one name count for no more than that, and a flood on one name keeps no other name out.
   */
  take(
    demand: HashDemand,
    { capacity, failures }: HashSlotLimits,
  ): Result<HashSlot, 'isolate_busy'> {
    for (const slot of this.#taken) {
      if (demand.since - slot.since > LONGEST_LOGIN_MS) this.#taken.delete(slot);
    }
    const most = Math.min(capacity, Math.floor(MOST_ITERATIONS / this.#iterationsPerHash));
    const before = hashesOf(this.#taken, failures);
    const added = hashesOf([...this.#taken, demand], failures) - before;
    // Where a login costs more than may wait at all, there is room for one.
    if (added > 0 && before > 0 && before + added > most) return fail('isolate_busy');

    this.#taken.add(demand);
    return succeed({ release: () => void this.#taken.delete(demand) });
  }
}

/** How many hashes may come of the demands. */
function hashesOf(demands: Iterable<HashDemand>, failures: number): number {
  const byName = [...Map.groupBy(demands, ({ name }) => name).values()];
  const reaching = byName.flatMap((ofName) => ofName.slice(0, failures));
  return reaching.reduce((sum, { hashes }) => sum + hashes, 0);
}
