/**
 * Portero's public keys, fetched from their address and kept.
 *
 * @module
 */
import * as v from 'valibot';
import { AnyJwk, type PublicKey, readPublicKey } from './public-key.ts';

/** Keys are fetched again after this time, or sooner where Portero's answer says so: it does before a key ends. */
const FRESH_MS = 5 * 60_000;

/** Portero may be away. Keys are then used for so long: a key that was removed because it leaked has to end. */
const LONGEST_MS = 60 * 60_000;

/** No fetch begins sooner after the end of one that succeeded, whatever tokens come. */
const PAUSE_MS = 30_000;

/** No fetch begins sooner after the end of one that failed. */
const PAUSE_AFTER_FAILURE_MS = 5_000;

/** A fetch that takes longer has failed. */
const DEADLINE_MS = 5_000;

/** Another request may be fetching. A request looks this often whether the keys have come. */
const POLL_MS = 20;

/** The part of an answer that is looked at. Members of other kinds of keys may be there. */
const KeySet = v.object({ keys: v.array(v.unknown()) });

interface Attempt {
  startedAt: number;
  /** Absent while it is running, and for ever where its request was ended in the middle. */
  endedAt?: number;
  hasFailed: boolean;
}

/** The keys of one address. Several requests may use it at a time. */
export class RemoteKeys {
  readonly #url: string;
  #keys: PublicKey[] = [];
  #fetchedAt = Number.NEGATIVE_INFINITY;
  #freshUntil = Number.NEGATIVE_INFINITY;
  #attempt: Attempt | undefined;

  constructor(url: string) {
    this.#url = url;
  }

  /** Whether the last fetch has failed: then nobody knows whether there are other keys. */
  get isAway(): boolean {
    return this.#attempt?.hasFailed ?? false;
  }

  /** @returns the keys, the same array until they change. There are none where they are too old to be used */
  async read(): Promise<PublicKey[]> {
    if (Date.now() > this.#freshUntil) await this.#fetch({ isUrgent: !this.#areUsable() });
    return this.#areUsable() ? this.#keys : [];
  }

  /** Looks for keys that have come meanwhile. @returns as {@link read} does */
  async readAgain(): Promise<PublicKey[]> {
    await this.#fetch({ isUrgent: true });
    return this.#areUsable() ? this.#keys : [];
  }

  #areUsable(): boolean {
    return Date.now() - this.#fetchedAt <= LONGEST_MS;
  }

  /**
   * Fetches the keys, unless it is too soon. Where another request is doing so, an urgent one waits for it and takes what it
   * brings. It looks by itself: in Workers, a promise that belongs to a request which has ended is never settled.
   */
  async #fetch({ isUrgent }: { isUrgent: boolean }): Promise<void> {
    if (this.#isRunning()) {
      while (isUrgent && this.#isRunning()) {
        await new Promise((resolve) => setTimeout(resolve, POLL_MS));
      }
      return;
    }
    if (this.#isTooSoon()) return;
    const attempt: Attempt = { startedAt: Date.now(), hasFailed: false };
    this.#attempt = attempt;
    const fetched = await fetchKeys(this.#url);
    attempt.endedAt = Date.now();
    attempt.hasFailed = fetched === undefined;
    if (fetched === undefined) return;
    this.#fetchedAt = attempt.startedAt;
    this.#freshUntil = attempt.startedAt + Math.min(FRESH_MS, fetched.lifetimeMs);
    if (idsOf(fetched.keys) !== idsOf(this.#keys)) this.#keys = fetched.keys;
  }

  #isRunning(): boolean {
    if (this.#attempt === undefined || this.#attempt.endedAt !== undefined) return false;
    return Date.now() - this.#attempt.startedAt < DEADLINE_MS;
  }

  #isTooSoon(): boolean {
    if (this.#attempt === undefined) return false;
    const { startedAt, endedAt = startedAt + DEADLINE_MS, hasFailed } = this.#attempt;
    return Date.now() - endedAt < (hasFailed ? PAUSE_AFTER_FAILURE_MS : PAUSE_MS);
  }
}

const idsOf = (keys: PublicKey[]) => keys.map(({ id }) => id).join();

interface FetchedKeys {
  /** A list without keys of ours ends all that were there. */
  keys: PublicKey[];
  /** How long they are fresh, as the answer says. */
  lifetimeMs: number;
}

/** @returns nothing where it fails */
async function fetchKeys(url: string): Promise<FetchedKeys | undefined> {
  try {
    const signal = AbortSignal.timeout(DEADLINE_MS);
    // The keys are at this address, and at no other that it might lead to.
    const response = await fetch(url, { redirect: 'manual', signal });
    if (response.status !== 200) return tell(`status_${response.status}`);
    const keys = await readKeys(await response.json());
    if (keys.length === 0) tell('no_keys');
    return { keys, lifetimeMs: lifetimeOf(response.headers) };
  } catch (error) {
    return tell(error instanceof Error ? error.name : typeof error);
  }
}

function lifetimeOf(headers: Headers): number {
  const [, seconds] = /\bmax-age=(\d{1,9})\b/.exec(headers.get('Cache-Control') ?? '') ?? [];
  return seconds === undefined ? FRESH_MS : Number(seconds) * 1000;
}

async function readKeys(answer: unknown): Promise<PublicKey[]> {
  const { keys } = v.parse(KeySet, answer);
  const read = await Promise.all(keys.filter((key) => v.is(AnyJwk, key)).map(readPublicKey));
  return read.flatMap((key) => (key.ok ? [key.value] : []));
}

/** The name of an error and not its message, which may hold what the other side has sent. */
function tell(fault: string): undefined {
  console.error(JSON.stringify({ event: 'keys_not_fetched', fault }));
}
