/**
 * Rounds of measurements: in each round every subject has its turn, so that the noise of the machine meets all of them.
 *
 * @module
 */

type Subjects = Record<string, () => Promise<unknown>>;

/** Of each subject, the results of the rounds. */
type Results<S extends Subjects> = { [Name in keyof S]: Awaited<ReturnType<S[Name]>>[] };

/**
 * @param rounds how many count. The warm-up before them, in which the runtime compiles everything, does not
 * @param subjects by their names. Each measures itself once. Their order is turned round from one round to the next
 */
export async function inRounds<S extends Subjects>(
  { rounds, warmUp }: { rounds: number; warmUp: number },
  subjects: S,
): Promise<Results<S>> {
  const results: Record<string, unknown[]> = Object.fromEntries(
    Object.keys(subjects).map((name) => [name, []]),
  );
  for (let round = -warmUp; round < rounds; round++) {
    const turns = Object.entries(subjects);
    for (const [name, measure] of round % 2 === 0 ? turns : turns.reverse()) {
      const result = await measure();
      if (round >= 0) results[name]?.push(result);
    }
  }
  return results as Results<S>;
}
