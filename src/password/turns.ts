/**
 * Long work on the one thread of an isolate.
 *
 * @module
 */

/**
 * Lets every other request of the isolate go on. The Workers runtime has a scheduler. The command line hashes under
 * Node, which has timers.
 */
export function giveOtherRequestsATurn(): Promise<void> {
  if ('scheduler' in globalThis) return scheduler.wait(0);
  return new Promise((resolve) => setTimeout(resolve, 0));
}
