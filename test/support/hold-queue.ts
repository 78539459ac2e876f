import type { HashQueue, Lane } from '../../src/password/hash-queue.ts';

/** Takes the first place of a lane, as a hash that goes on and on. @returns how to end it */
export function holdQueue(
  queue: HashQueue,
  lane: Lane = 'login',
  name = crypto.randomUUID(),
): () => Promise<void> {
  let isHeld = true;
  const held = queue.run(lane, name, async (takeTurn) => {
    while (isHeld) await takeTurn(100_000);
  });
  return () => {
    isHeld = false;
    return held;
  };
}
