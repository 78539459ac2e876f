import { inject } from 'vitest';

/**
 * How often a test tries a race: a real PostgreSQL, which `.ci/run` has, may show it in any of the rounds. The embedded one
 * runs a statement at a time, so each of its rounds is like the one before.
 *
 * @param rounds on a real PostgreSQL
 */
export function raceRounds(rounds: number): number {
  return inject('hasRaces') ? rounds : 2;
}
