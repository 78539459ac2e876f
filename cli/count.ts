/**
 * Numbers with their nouns.
 *
 * @module
 */

/**
 * ```ts
 * count(1, 'user'); // 1 user
 * count(20_000, 'user has', 'users have'); // 20000 users have
 * ```
 */
export function count(number: number, one: string, several = `${one}s`): string {
  return `${number} ${number === 1 ? one : several}`;
}
