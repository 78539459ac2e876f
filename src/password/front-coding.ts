/**
 * Front coding: a sorted list of words, in which no word repeats the beginning of the word before it. A capital stands for
 * the number of characters that are left out: `A` for none, `B` for one. So `apple`, `apply` and `bar` are `AappleEyAbar`.
 *
 * Words in lower case take two thirds of the space that they take in the order of the alphabet, gzipped.
 *
 * @module
 */

const CAPITALS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ';

/** @param words in any order, without capitals */
export function frontCode(words: readonly string[]): string {
  const sorted = words.toSorted();
  const coded = sorted.map((word, index) => {
    const shared = lengthOfSharedStart(word, sorted[index - 1] ?? '');
    return CAPITALS.charAt(shared) + word.slice(shared);
  });
  return coded.join('');
}

/** Yields the words that {@link frontCode} was given, in the order of the alphabet. */
export function* readFrontCoded(coded: string): Generator<string> {
  let word = '';
  for (const [, capital = '', rest = ''] of coded.matchAll(/([A-Z])([^A-Z]*)/g)) {
    word = word.slice(0, CAPITALS.indexOf(capital)) + rest;
    yield word;
  }
}

function lengthOfSharedStart(word: string, previous: string): number {
  let length = 0;
  while (length < word.length && word[length] === previous[length]) length++;
  return Math.min(length, CAPITALS.length - 1);
}
