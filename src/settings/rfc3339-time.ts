/**
 * Times as RFC 3339 writes them.
 *
 * @module
 */

/**
 * RFC 3339, section 5.6. `T` and `Z` may be in lower case, and a blank may stand for `T`. Seconds may be missing, as in
 * ISO 8601.
 */
const RFC_3339 =
  /^(\d{4}-\d\d-(\d\d))[t ]((?:[01]\d|2[0-3]):[0-5]\d)(?::([0-5]\d|60)(?:\.(\d+))?)?(?:z|([+-])([01]\d|2[0-3]):([0-5]\d))$/i;

const MINUTE_MS = 60_000;

/**
 * Reads a time of any time zone.
 *
 * @returns milliseconds since 1970, or `undefined` where it is no such time or its date does not exist
 */
export function parseRfc3339Time(text: string): number | undefined {
  const match = RFC_3339.exec(text);
  if (match === null) return undefined;
  const [, date, day, minute, second = '00', fraction = '', sign, hours = '0', minutes = '0'] =
    match;
  const midnight = new Date(`${date}T00:00:00Z`);
  // JavaScript reads the 30th of February as the 2nd of March.
  if (midnight.getUTCDate() !== Number(day)) return undefined;

  const offset = (Number(hours) * 60 + Number(minutes)) * MINUTE_MS * (sign === '-' ? -1 : 1);
  const startOfMinute = Date.parse(`${date}T${minute}:00Z`) - offset;
  const isLeapSecond = second === '60';
  if (isLeapSecond && !isStartOfMonth(startOfMinute + MINUTE_MS)) return undefined;
  return startOfMinute + Number(second) * 1000 + Number(fraction.padEnd(3, '0').slice(0, 3));
}

/** Leap seconds are the last seconds of a month in UTC. */
function isStartOfMonth(time: number): boolean {
  return /-01T00:00:00\.000Z$/.test(new Date(time).toISOString());
}
