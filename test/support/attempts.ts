/** Whether anything was sent that counts as an attempt, so that the next test has to forget it. */

let isPending = true;

/** The requests that count: logins, and all that is about passwords. */
const COUNTED = /\/api\/(auth|password|users\/me\/password)/i;

export function noteAttempt(url: string): void {
  if (COUNTED.test(url)) isPending = true;
}

/** @returns whether there was one since the last call */
export function takeAttempts(): boolean {
  const wasPending = isPending;
  isPending = false;
  return wasPending;
}
