/**
 * What stops an import before it has written anything.
 *
 * @module
 */

/** One kind of it: what there is, how many, and the option that decides it. */
export interface Stop {
  sentence: string;
  /** The single cases, where the sentence does not have them. */
  lines?: string[];
}

/** No more cases than these are listed. The rest is a number. */
const MAX_LINES = 1000;

/** The lines of all stops, for people. */
export function explainStops(stops: Stop[]): string[] {
  return stops.flatMap(({ sentence, lines = [] }) => [
    `- ${sentence}`,
    ...lines.slice(0, MAX_LINES).map((line) => `    ${line}`),
    ...(lines.length > MAX_LINES ? [`    … and ${lines.length - MAX_LINES} more`] : []),
  ]);
}
