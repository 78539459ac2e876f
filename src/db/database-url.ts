/**
 * `DATABASE_URL`: its form, and whether it leads to this machine.
 *
 * @module
 */

/** The form of the URL, for people. The URL itself holds a password, so it is never shown. */
export const DATABASE_URL_FORM = 'postgresql://user:password@host/database';

/**
 * Takes a URL apart as Neon's driver does: by the rules of `http`. So a hostname is in lower case, and an IPv4 address has
 * four decimal numbers.
 *
 * @returns `undefined` where it is not of the form {@link DATABASE_URL_FORM}
 */
export function parseDatabaseUrl(text: string): URL | undefined {
  const [scheme] = /^postgres(ql)?:/.exec(text) ?? [];
  if (scheme === undefined) return undefined;
  const url = URL.parse(`http:${text.slice(scheme.length)}`);
  return url !== null && url.username !== '' && url.pathname.length > 1 ? url : undefined;
}

/**
 * Whether a hostname is this machine and nothing else. The stand-ins answer only there.
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

/** Whether a database is on this machine. A database whose URL has another form is not. */
export function isOnThisMachine(databaseUrl: string): boolean {
  return isLoopback(parseDatabaseUrl(databaseUrl)?.hostname ?? '');
}
