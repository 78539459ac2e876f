/** The value of a result that a test needs to go on. */
import type { Result } from '#portero/internal/result.ts';

export function expectValue<T>(result: Result<T, string, object>): T {
  if (!result.ok) throw new Error(result.reason);
  return result.value;
}
