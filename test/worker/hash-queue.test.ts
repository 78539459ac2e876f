/** The queue of an isolate's hashes. */
import { afterEach, describe, expect, test, vi } from 'vitest';
import { HashQueue, type Lane, type LaterLane } from '../../src/password/hash-queue.ts';
import { holdQueue, runIn } from '../support/hold-queue.ts';

afterEach(() => vi.restoreAllMocks());

/** Notes the name of a hash at each of its derivations. */
function recordHashes(queue: HashQueue) {
  const derived: string[] = [];
  const add = (name: string, lane: Lane = 'login', iterations = Array(3).fill(10_000)) =>
    runIn(queue, lane, name, async (takeTurn) => {
      for (const cost of iterations) {
        await takeTurn(cost);
        derived.push(name);
      }
    });
  return { derived, add };
}

describe('in one lane', () => {
  test.each<Lane>(['login', 'rehash', 'long'])(
    '%s, hashes run whole, in the order in which they came',
    async (lane) => {
      const { derived, add } = recordHashes(new HashQueue());
      await Promise.all(['a', 'b', 'c'].map((name) => add(name, lane)));
      expect(derived.join('')).toBe('aaabbbccc');
    },
  );

  test('a hash that fails makes way for the next one', async () => {
    const queue = new HashQueue();
    const { derived, add } = recordHashes(queue);
    const failing = queue.run(async (takeTurn) => {
      await takeTurn(1);
      throw new RangeError();
    });
    const next = add('next');
    await expect(failing).rejects.toThrow(RangeError);
    await next;
    expect(derived).toHaveLength(3);
  });

  test('a hash whose request has ended holds nobody up, neither first nor in the middle', async () => {
    const queue = new HashQueue();
    const { derived, add } = recordHashes(queue);
    const never = new Promise<void>(() => {});
    const gone = () => queue.run(() => never);
    gone();
    const first = add('a');
    gone();
    const last = add('b');
    await Promise.all([first, last]);
    expect(derived.join('')).toBe('aaabbb');
  });

  test('a hash that was thought to have ended goes on at its old place', async () => {
    const queue = new HashQueue();
    const { derived, add } = recordHashes(queue);
    let now = Date.now();
    vi.spyOn(Date, 'now').mockImplementation(() => now);
    const slow = queue.run(async (takeTurn) => {
      await takeTurn(1);
      derived.push('slow');
      now += 1_001; // nothing of it is heard for so long
      await scheduler.wait(50); // the next one begins meanwhile
      await takeTurn(1);
      derived.push('slow');
    });
    const next = add('next', 'login', Array(100).fill(80_000));
    const last = add('last');
    await Promise.all([slow, next, last]);
    const ends = ['slow', 'next', 'last'].map((name) => derived.lastIndexOf(name));
    expect(derived.indexOf('next')).toBeLessThan(ends[0] as number);
    expect(ends).toEqual(ends.toSorted((one, other) => one - other));
  });
});

describe('of different lanes', () => {
  test('the logins come first, then the rehashes, then the long hashes', async () => {
    const queue = new HashQueue();
    const { derived, add } = recordHashes(queue);
    const release = holdQueue(queue);
    const hashes = [add('L', 'long'), add('r', 'rehash'), add('l', 'login')];
    await release();
    await Promise.all(hashes);
    expect(derived.join('')).toBe('lllrrrLLL');
  });

  test.each<[Lane, Lane]>([
    ['long', 'login'],
    ['long', 'rehash'],
    ['rehash', 'login'],
  ])(
    'a %s that runs stops for a %s between two derivations, and goes on behind it',
    async (later, earlier) => {
      const queue = new HashQueue();
      const { derived, add } = recordHashes(queue);
      const interrupted = runIn(queue, later, 'later', async (takeTurn) => {
        await takeTurn(1);
        derived.push(later);
        const interrupting = add(earlier, earlier);
        await takeTurn(1);
        derived.push(later);
        await interrupting;
      });
      await interrupted;
      expect(derived).toEqual([later, earlier, earlier, earlier, later]);
    },
  );

  test.each<[LaterLane, number]>([
    ['rehash', 16],
    ['long', 3],
  ])('the lane %s has room for %i', async (lane, most) => {
    const queue = new HashQueue();
    const hasRoom = async () => (await queue.runBehindLogins(lane, 'another', async () => {})).ok;
    const release = Array.from({ length: most - 1 }, () => holdQueue(queue, lane));
    expect(await hasRoom()).toBe(true);
    release.push(holdQueue(queue, lane));
    expect(await hasRoom()).toBe(false);
    await queue.run(async () => {});
    await Promise.all(release.map((end) => end()));
    expect(await hasRoom()).toBe(true);
  });
});

test('a name has one long hash at most, and so keeps no other name out', async () => {
  const queue = new HashQueue();
  const hasRoom = async (lane: LaterLane, name: string) =>
    (await queue.runBehindLogins(lane, name, async () => {})).ok;
  const release = holdQueue(queue, 'long', 'leo');
  expect(await hasRoom('long', 'leo')).toBe(false);
  expect(await hasRoom('long', 'lara')).toBe(true);
  expect(await hasRoom('rehash', 'leo')).toBe(true);
  await release();
  expect(await hasRoom('long', 'leo')).toBe(true);
});

describe('while logins keep coming', () => {
  /** Lets a tenth of a second pass at every wait. */
  function hurryClock(): void {
    let now = Date.now();
    const wait = scheduler.wait.bind(scheduler);
    vi.spyOn(Date, 'now').mockImplementation(() => now);
    vi.spyOn(scheduler, 'wait').mockImplementation(() => {
      now += 100;
      return wait(0);
    });
  }

  test.each<LaterLane>(['rehash', 'long'])(
    'a hash of the lane %s gives up when it has waited for 25 s, and a login waits on',
    async (lane) => {
      hurryClock();
      const queue = new HashQueue();
      const { derived, add } = recordHashes(queue);
      const release = holdQueue(queue);
      const login = add('login');
      const since = Date.now();
      const later = await queue.runBehindLogins(lane, 'later', (takeTurn) => takeTurn(10_000));
      expect(later).toEqual({ ok: false, reason: 'isolate_busy' });
      expect(Date.now() - since).toBeGreaterThan(25_000);
      expect(derived).toEqual([]);
      await release();
      await login;
      expect(derived).toHaveLength(3);
    },
  );

  test('the waits between its derivations count, and its own derivations do not', async () => {
    hurryClock();
    const queue = new HashQueue();
    let derivations = 0;
    const long = (length: number, login: () => Promise<void>) =>
      queue.runBehindLogins('long', 'leo', async (takeTurn) => {
        for (derivations = 0; derivations < length; derivations++) {
          await takeTurn(100_000);
          await login();
        }
      });
    expect((await long(1_000, async () => {})).ok).toBe(true);

    const busy = await long(1_000, async () => {
      void holdQueue(queue)(); // it has one derivation before it ends
    });
    expect(busy).toEqual({ ok: false, reason: 'isolate_busy' });
    expect(derivations).toBeGreaterThan(1);
  });
});

describe('other requests can go on', () => {
  /** How many times they can, during a hash. @param isBusy whether another one comes each time */
  async function turnsOf(iterations: number[], { lane = 'login' as Lane, isBusy = false } = {}) {
    const queue = new HashQueue();
    const wait = scheduler.wait.bind(scheduler);
    const waits = vi.spyOn(scheduler, 'wait').mockImplementation((...parameters) => {
      if (isBusy) queue.noteRequest();
      return wait(...parameters);
    });
    await recordHashes(queue).add('hash', lane, iterations);
    const { length } = waits.mock.calls;
    waits.mockRestore();
    return length;
  }
  const TODAYS = Array(22).fill(10_000);

  test('after every 80,000 iterations while no other request comes', async () => {
    expect(await turnsOf(TODAYS)).toBe(2);
  });

  test('after every layer while others come', async () => {
    expect(await turnsOf(TODAYS, { isBusy: true })).toBe(14);
  });

  test('after every foreign layer of 100,000, twice before the next one, and not before the first one', async () => {
    expect(await turnsOf([100_000, 100_000, 100_000, 10_000])).toBe(2 + 2 + 1);
  });

  test('after every derivation of a hash that is behind all logins', async () => {
    expect(await turnsOf(TODAYS, { lane: 'rehash' })).toBe(21);
    expect(await turnsOf(Array(50).fill(2_000), { lane: 'long' })).toBe(49);
  });

  test('more and more seldom, when no more of them come', async () => {
    const queue = new HashQueue();
    const stretches: number[] = [0];
    const wait = scheduler.wait.bind(scheduler);
    vi.spyOn(scheduler, 'wait').mockImplementation((...parameters) => {
      if (stretches.length === 1) queue.noteRequest();
      stretches.push(0);
      return wait(...parameters);
    });
    await queue.run(async (takeTurn) => {
      for (let layer = 0; layer < 130; layer++) {
        await takeTurn(10_000);
        stretches.push((stretches.pop() ?? 0) + 1);
      }
    });
    const growing = [1, 2, 3, 4, 5, 6, 7].flatMap((layers) => Array(4).fill(layers));
    expect(stretches).toEqual([8, ...growing, 8, 2]);
  });
});
