/**
 * Long work on the one thread of an isolate.
 *
 * @module
 */

/**
 * Lets every other request of the isolate go on. The Workers runtime has a scheduler; the command line,
 * which hashes under Node, has timers.
 */
export function giveOtherRequestsATurn(): Promise<void> {
  if ('scheduler' in globalThis) return scheduler.wait(0);
  return new Promise((resolve) => setTimeout(resolve, 0));
}
