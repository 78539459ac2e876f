import type { HashQueue, Lane, TakeTurn } from '../../src/password/hash-queue.ts';

/** Runs a hash in any lane. */
export async function runIn(
  queue: HashQueue,
  lane: Lane,
  name: string,
  derive: (takeTurn: TakeTurn) => Promise<void>,
): Promise<unknown> {
  return lane === 'login' ? queue.run(derive) : queue.runBehindLogins(lane, name, derive);
}

/** Takes the first place of a lane, as a hash that goes on and on. @returns how to end it */
export function holdQueue(
  queue: HashQueue,
  lane: Lane = 'login',
  name = crypto.randomUUID(),
): () => Promise<void> {
  let isHeld = true;
  const held = runIn(queue, lane, name, async (takeTurn) => {
    while (isHeld) await takeTurn(100_000);
  });
  return async () => {
    isHeld = false;
    await held;
  };
}
