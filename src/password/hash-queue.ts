/**
 * The queue of an isolate's password hashes. An isolate has one thread. If its hashes shared the thread, all of them would
 * end last. So one hash runs at a time, and the others wait in the order of their arrival.
 *
 * A hash is a row of derivations. Nothing else of the isolate runs during a derivation. Between two derivations, the queue
 * lets other requests go on. A hash of an earlier lane that has come meanwhile goes on first.
 *
 * Each hash looks by itself whether its turn has come. The runtime may end any request without a word. So no hash waits for
 * a promise that another request has to settle.
 *
 * @module
 */
import { fail, type Result, succeed } from '#portero/internal/result.ts';

/**
 * Where a hash waits. A hash runs only while every lane before its own is empty.
 *
 * - `login`: every login has one such hash, whether there is such a user or not, and all of them cost the same. So the
 *   wait for them tells nothing about a user. A password change has a second one, for the new password.
 * - `rehash`: today's hash of a password that was right. Nobody waits for it.
 * - `long`: the layer of an imported hash that costs more than a login may cost. If the others waited for it, their wait
 *   would tell that its user exists.
 */
export type Lane = 'login' | 'rehash' | 'long';

/** From the first to the last. */
const LANES: Lane[] = ['login', 'rehash', 'long'];

/** The lanes behind the logins. */
export type LaterLane = Exclude<Lane, 'login'>;

/**
 * The most hashes in a lane. A rehash that finds no room is made at the next login. A long hash takes up to 10 s, so a third one
 * waits for 20 s, or longer where logins come.
 */
const MOST_HASHES: Record<LaterLane, number> = { rehash: 16, long: 3 };

/**
 * A hash behind the logins gives up when it has waited for so long in all, before its derivations and between them. Else logins
 * that keep coming would let a caller wait without an end. The runtime ends a rehash 30 s after the answer.
 */
const LONGEST_WAIT_MS = 25_000;

/**
 * Waits until the hash may go on with a derivation.
 *
 * @param iterations the cost of the derivation, in iterations of PBKDF2 in one call of WebCrypto
 */
export type TakeTurn = (iterations: number) => Promise<void>;

/** For the command line. There, a derivation runs in a thread of its own and holds nobody up. */
export const withoutTurns: TakeTurn = async () => {};

/**
 * To let others go on takes a millisecond, even where there are none: only a timer makes the runtime look for new requests.
 * So an isolate that has nothing else to do hashes this many iterations at a stretch: 40 to 90 ms.
 */
const MOST_ITERATIONS_AT_A_STRETCH = 80_000;

/** As soon as another request comes, it is one layer at a stretch. */
const ITERATIONS_PER_STEP = 10_000;

/** After so many pauses in which no other request has come, it is one layer more. */
const QUIET_PAUSES_PER_STEP = 4;

/** Every hash takes longer. So the more hashes are before a hash, the less often it looks. */
const SHORTEST_HASH_MS = 10;

/**
 * If a hash has not looked for so long, its request is gone. It is longer than any derivation. If a hash looks after all, it
 * has its place again.
 */
const GONE_AFTER_MS = 1_000;

/** A hash in the queue. */
interface Ticket {
  /** The index of its lane. */
  lane: number;
  /** The normalised user name. */
  name: string;
  /** The later it has come, the greater. */
  number: number;
  /** Milliseconds since 1970. */
  seenAt: number;
  /** How long it has waited for other hashes. */
  waitedMs: number;
}

/** Takes a hash out of its derivations. It never leaves the queue. */
class WaitedTooLong extends Error {}

/** The hashes of one isolate. */
export class HashQueue {
  /** In the order in which they run. */
  #tickets: Ticket[] = [];
  #lastNumber = 0;
  #requests = 0;
  /** How many iterations have run since others could go on. */
  #stretch = 0;
  #mostAtAStretch = MOST_ITERATIONS_AT_A_STRETCH;
  /** In a row. */
  #quietPauses = 0;

  /** Tells the queue that a request has come. While there are others, hashes let them go on more often. */
  noteRequest(): void {
    this.#requests++;
  }

  /**
   * Runs the hash of a login when its turn has come. The slots (`hash-slots.ts`) limit how many wait.
   *
   * ```ts
   * const hash = await queue.run((takeTurn) => hashPassword(password, takeTurn));
   * ```
   *
   * @param derive calls its argument before every derivation
   */
  run<T>(derive: (takeTurn: TakeTurn) => Promise<T>): Promise<T> {
    return this.#run('login', '', derive);
  }

  /**
   * Runs a hash that waits behind all logins. It fails where its lane is full, and where it has waited for 25 s.
   *
   * @param name the normalised user name. A name has one long hash at most: else it could fill the lane, and keep the other
   *   names of the lane out
   * @param derive calls its argument before every derivation
   */
  async runBehindLogins<T>(
    lane: LaterLane,
    name: string,
    derive: (takeTurn: TakeTurn) => Promise<T>,
  ): Promise<Result<T, 'isolate_busy'>> {
    if (!this.#hasRoom(lane, name)) return fail('isolate_busy');
    try {
      return succeed(await this.#run(lane, name, derive));
    } catch (error) {
      if (error instanceof WaitedTooLong) return fail('isolate_busy');
      throw error;
    }
  }

  #hasRoom(lane: LaterLane, name: string): boolean {
    const index = LANES.indexOf(lane);
    const inLane = this.#tickets.filter((ticket) => ticket.lane === index);
    const isTwice = lane === 'long' && inLane.some((ticket) => ticket.name === name);
    return !isTwice && inLane.length < MOST_HASHES[lane];
  }

  async #run<T>(lane: Lane, name: string, derive: (takeTurn: TakeTurn) => Promise<T>): Promise<T> {
    const number = ++this.#lastNumber;
    const ticket = { lane: LANES.indexOf(lane), name, number, seenAt: Date.now(), waitedMs: 0 };
    this.#show(ticket);
    try {
      return await derive((iterations) => this.#takeTurn(ticket, iterations));
    } finally {
      this.#tickets = this.#tickets.filter((other) => other !== ticket);
    }
  }

  async #takeTurn(ticket: Ticket, iterations: number): Promise<void> {
    await this.#untilFirst(ticket);
    if (this.#isTooLong(ticket, iterations)) {
      await this.#letOthersGoOn();
      // Work that began in the pause may not be finished, and it would have to wait for long.
      if (iterations > MOST_ITERATIONS_AT_A_STRETCH) await this.#letOthersGoOn();
      await this.#untilFirst(ticket);
    }
    this.#stretch += iterations;
  }

  async #untilFirst(ticket: Ticket): Promise<void> {
    for (let before = this.#show(ticket); before > 0; before = this.#show(ticket)) {
      const since = Date.now();
      await scheduler.wait((before - 1) * SHORTEST_HASH_MS);
      ticket.waitedMs += Date.now() - since;
      if (ticket.lane > 0 && ticket.waitedMs > LONGEST_WAIT_MS) throw new WaitedTooLong();
    }
  }

  /** Whether the next derivation would hold others up for too long. A hash of a later lane holds them up least. */
  #isTooLong({ lane }: Ticket, iterations: number): boolean {
    const most = lane === 0 ? this.#mostAtAStretch : 0;
    return this.#stretch > 0 && this.#stretch + iterations > most;
  }

  async #letOthersGoOn(): Promise<void> {
    const before = this.#requests;
    await scheduler.wait(0);
    this.#stretch = 0;
    if (this.#requests > before) {
      this.#mostAtAStretch = ITERATIONS_PER_STEP;
      this.#quietPauses = 0;
    } else if (++this.#quietPauses % QUIET_PAUSES_PER_STEP === 0) {
      const more = this.#mostAtAStretch + ITERATIONS_PER_STEP;
      this.#mostAtAStretch = Math.min(more, MOST_ITERATIONS_AT_A_STRETCH);
    }
  }

  /** @returns how many hashes are before this one */
  #show(ticket: Ticket): number {
    const now = Date.now();
    ticket.seenAt = now;
    if (!this.#tickets.includes(ticket)) {
      this.#tickets.push(ticket);
      this.#tickets.sort((one, other) => one.lane - other.lane || one.number - other.number);
    }
    this.#tickets = this.#tickets.filter(({ seenAt }) => now - seenAt <= GONE_AFTER_MS);
    return this.#tickets.indexOf(ticket);
  }
}

/** The queue of this isolate. */
export const hashQueue = new HashQueue();
