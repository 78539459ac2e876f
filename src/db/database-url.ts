/**
 * `DATABASE_URL`: its form, and whether it leads to this machine.
 *
 * @module
 */

/** For people, where a URL is not of it. The URL itself holds a password and is never shown. */
export const DATABASE_URL_FORM = 'postgresql://user:password@host/database';

/**
 * Takes a URL apart as Neon's driver does: with the rules of `http`, by which a hostname is lower case
 * and an IPv4 address has four decimal numbers.
 *
 * @returns `null` where it is not of the form {@link DATABASE_URL_FORM}
 */
export function parseDatabaseUrl(text: string): URL | null {
  const [scheme] = /^postgres(ql)?:/.exec(text) ?? [];
  if (scheme === undefined) return null;
  const url = URL.parse(`http:${text.slice(scheme.length)}`);
  return url !== null && url.username !== '' && url.pathname.length > 1 ? url : null;
}

/**
 * Whether a hostname is this machine and nothing else: there, and only there, the stand-ins answer.
 *
 * @param hostname of a URL that {@link parseDatabaseUrl} has taken apart
 */
export function isLoopback(hostname: string): boolean {
  return (
    hostname === 'localhost' ||
    hostname === '[::1]' ||
    /^127\.\d{1,3}\.\d{1,3}\.\d{1,3}$/.test(hostname)
  );
}

/** Whether a database is on this machine; one whose URL is of another form is not. */
export function isOnThisMachine(databaseUrl: string): boolean {
  return isLoopback(parseDatabaseUrl(databaseUrl)?.hostname ?? '');
}
