/**
 * The language of a mail. Portero does not know the language of a user. So the request that causes the mail tells it.
 *
 * @module
 */

export type Language = 'en' | 'es';

/** A language range of `Accept-Language` that Portero has, with or without a weight: `es-MX;q=0.8`. */
const RANGE = /^\s*(en|es)\b[^;]*(?:;\s*q=([\d.]+))?/i;

/**
 * Returns the language that an `Accept-Language` likes best, of those that Portero has (RFC 9110, section 12.5.4). English
 * stands for all others.
 *
 * ```ts
 * languageOf('ca, es-MX;q=0.8, en;q=0.5'); // es
 * ```
 */
export function languageOf(acceptLanguage: string | undefined): Language {
  const known = (acceptLanguage ?? '').split(',').flatMap((range) => {
    const [, language, weight = '1'] = RANGE.exec(range) ?? [];
    const isWanted = language !== undefined && Number(weight) > 0;
    return isWanted
      ? [{ language: language.toLowerCase() as Language, weight: Number(weight) }]
      : [];
  });
  const [best] = known.sort((one, other) => other.weight - one.weight);
  return best?.language ?? 'en';
}
