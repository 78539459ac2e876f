/**
 * Portero's public keys, fetched from their address and kept.
 *
 * @module
 */
import * as v from 'valibot';
import { AnyJwk, type PublicKey, readPublicKey } from './public-key.ts';

/** Keys are fetched again after this time. Portero's own answer names the same one. */
const FRESH_MS = 5 * 60_000;

/** Portero may be away. Keys are then used for so long: a key that was removed because it leaked has to end. */
const LONGEST_MS = 60 * 60_000;

/** No fetch begins sooner after one that succeeded, whatever tokens come. */
const PAUSE_MS = 30_000;

/** No fetch begins sooner after one that failed. */
const PAUSE_AFTER_FAILURE_MS = 5_000;

/** A fetch that takes longer has failed. */
const DEADLINE_MS = 5_000;

/** Another request may be fetching. A request looks this often whether the keys have come. */
const POLL_MS = 20;

/** The part of an answer that is looked at. Members of other kinds of keys may be there. */
const KeySet = v.object({ keys: v.array(v.unknown()) });

/** The keys of one address. Several requests may use it at a time. */
export class RemoteKeys {
  readonly #url: string;
  #keys: PublicKey[] = [];
  #fetchedAt = Number.NEGATIVE_INFINITY;
  #attempt = {
    at: Number.NEGATIVE_INFINITY,
    state: 'succeeded' as 'running' | 'succeeded' | 'failed',
  };

  constructor(url: string) {
    this.#url = url;
  }

  /** Whether the last fetch has failed: then nobody knows whether there are other keys. */
  get isAway(): boolean {
    return this.#attempt.state === 'failed';
  }

  /** @returns the keys, the same array until they change. There are none where they are too old to be used */
  async read(): Promise<PublicKey[]> {
    if (Date.now() - this.#fetchedAt > FRESH_MS)
      await this.#fetch({ isUrgent: !this.#areUsable() });
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
   * Fetches the keys, unless it is too soon. Where another request is doing so, an urgent one waits for it. It looks by itself:
   * in Workers, a promise that belongs to a request which has ended is never settled.
   */
  async #fetch({ isUrgent }: { isUrgent: boolean }): Promise<void> {
    while (isUrgent && this.#isRunning()) {
      await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    }
    const { at, state } = this.#attempt;
    const pause = state === 'succeeded' ? PAUSE_MS : PAUSE_AFTER_FAILURE_MS;
    if (Date.now() - at < pause) return;

    const attempt = { at: Date.now(), state: 'running' as typeof state };
    this.#attempt = attempt;
    const fetched = await fetchKeys(this.#url);
    attempt.state = fetched === undefined ? 'failed' : 'succeeded';
    if (fetched === undefined) return;
    this.#fetchedAt = attempt.at;
    if (idsOf(fetched) !== idsOf(this.#keys)) this.#keys = fetched;
  }

  /** A request that was ended in the middle of its fetch does not count. */
  #isRunning(): boolean {
    const { at, state } = this.#attempt;
    return state === 'running' && Date.now() - at < DEADLINE_MS;
  }
}

const idsOf = (keys: PublicKey[]) => keys.map(({ id }) => id).join();

/** @returns nothing where it fails, or where there is no key that can be used */
async function fetchKeys(url: string): Promise<PublicKey[] | undefined> {
  try {
    const signal = AbortSignal.timeout(DEADLINE_MS);
    // The keys are at this address, and at no other that it might lead to.
    const response = await fetch(url, { redirect: 'manual', signal });
    if (response.status !== 200) return tell(`status_${response.status}`);
    const keys = await readKeys(await response.json());
    return keys.length > 0 ? keys : tell('no_keys');
  } catch (error) {
    return tell(error instanceof Error ? error.name : typeof error);
  }
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
