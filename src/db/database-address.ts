/**
 * `DATABASE_URL` and `NEON_ENDPOINT`: their form, and where they lead.
 *
 * @module
 */
import { fail, type Result, succeed } from '#portero/internal/result.ts';

/** The form of the URL, for people. The URL itself holds a password, so it is never shown. */
export const DATABASE_URL_FORM = 'postgresql://user:password@host/database';

/** A database behind a Neon proxy of one's own. */
export interface ProxiedDatabase {
  /** Its `DATABASE_URL`. */
  url: string;
  /** The address of the proxy's SQL over HTTP: its `NEON_ENDPOINT`. */
  neonEndpoint: string;
}

/** Where a database is: its `DATABASE_URL` alone, where that leads to Neon or to this machine. */
export type DatabaseAddress = string | ProxiedDatabase;

/** A setting cannot be used. The problem goes on the sentence that the setting's name begins. It never holds a value. */
export interface DatabaseFault {
  setting: 'DATABASE_URL' | 'NEON_ENDPOINT';
  problem: string;
}

/**
 * Reads both settings together.
 *
 * @param databaseUrl `undefined` where it is not set, as `neonEndpoint` is then
 */
export function readDatabaseAddress(
  databaseUrl: string | undefined,
  neonEndpoint: string | undefined,
): Result<DatabaseAddress, 'database_refused', DatabaseFault> {
  const refuse = (setting: DatabaseFault['setting'], problem: string) =>
    fail('database_refused', { setting, problem });
  if (databaseUrl === undefined) return refuse('DATABASE_URL', 'is missing');
  const url = databaseUrl.trim();
  const urlProblem = problemOfDatabaseUrl(url);
  if (urlProblem !== undefined) return refuse('DATABASE_URL', urlProblem);
  if (neonEndpoint === undefined) {
    return sqlEndpoint(url) === undefined ? refuse('DATABASE_URL', HOST_PROBLEM) : succeed(url);
  }
  const endpoint = parseNeonEndpoint(neonEndpoint);
  return endpoint === undefined
    ? refuse('NEON_ENDPOINT', ENDPOINT_PROBLEM)
    : succeed({ url, neonEndpoint: endpoint });
}

const HOST_PROBLEM =
  "leads neither to Neon nor to this machine. Portero speaks Neon's SQL over HTTP: use a database at Neon " +
  '(a host such as ep-name-123456.eu-central-1.aws.neon.tech), or name a Neon proxy of your own in NEON_ENDPOINT';

const ENDPOINT_PROBLEM =
  'is not an address such as https://neon-proxy.example.org/sql, without a password or a query. ' +
  'http is accepted on this machine only';

/**
 * Says which part of a `DATABASE_URL` cannot be read.
 *
 * @returns `undefined` where all of it can be
 */
function problemOfDatabaseUrl(text: string): string | undefined {
  const [, authority, rest = ''] = /^postgres(?:ql)?:\/\/([^/\\?#]*)(.*)$/is.exec(text) ?? [];
  if (authority === undefined) return `is not of the form ${DATABASE_URL_FORM}`;
  // Otherwise a part of the password could be taken for the host. An @ in the query of a URL with credentials is none of it.
  const [path = ''] = rest.split('?', 1);
  const hasCredentials = authority.includes('@') && path.length > 1;
  if (hasCredentials ? path.includes('@') : rest.includes('@')) {
    return (
      'has a password that cannot be read, because there is an @ behind the host: ' +
      'in the password, write @ as %40, / as %2F, \\ as %5C, ? as %3F, # as %23 and % as %25'
    );
  }
  const [, user, host, port] = /^(?:([^:]*).*@)?(.*?)(?::(\d*))?$/s.exec(authority) ?? [];
  if (!user) return `has no user: the form is ${DATABASE_URL_FORM}`;
  if (!host) return `has no host: the form is ${DATABASE_URL_FORM}`;
  const url = parseDatabaseUrl(text);
  if (url === undefined && !/^\/[^?]/.test(rest)) {
    return `has no database name: the form is ${DATABASE_URL_FORM}`;
  }
  if (url === undefined) return 'has a host or a port that cannot be read';
  return isLoopback(url.hostname) && !port ? 'needs a port' : undefined;
}

/**
 * Reads a `NEON_ENDPOINT`. It is https, or http on this machine: every request carries the password of the database.
 *
 * @returns the address, or `undefined` where it is none. An address without a path is that of `/sql`
 */
function parseNeonEndpoint(text: string): string | undefined {
  const url = URL.parse(text.trim());
  if (url === null || /[@?#]/.test(text)) return undefined;
  const isSafe =
    url.protocol === 'https:' || (url.protocol === 'http:' && isLoopback(url.hostname));
  if (!isSafe) return undefined;
  if (url.pathname === '/') url.pathname = '/sql';
  return url.href;
}

/**
 * Takes a URL apart as Neon's driver does: by the rules of `http`. So a hostname is in lower case, and an IPv4 address has
 * four decimal numbers.
 *
 * @returns `undefined` where it is not of the form {@link DATABASE_URL_FORM}
 */
export function parseDatabaseUrl(text: string): URL | undefined {
  const [scheme] = /^postgres(ql)?:/i.exec(text) ?? [];
  if (scheme === undefined) return undefined;
  const url = URL.parse(`http:${text.slice(scheme.length)}`);
  return url !== null && url.username !== '' && url.pathname.length > 1 ? url : undefined;
}

/**
 * The domains of Neon's own hosts. Vercel Postgres is Neon's too.
 * https://neon.com/docs/connect/connect-from-any-app
 */
const NEON_DOMAINS = ['.neon.tech', '.postgres.vercel-storage.com'];

/**
 * The address of the SQL over HTTP for a database. Neon's is `api.` in place of the first label of the host. The driver
 * would do that with any host, and so would send the password of a database elsewhere to a stranger.
 *
 * @returns `undefined` where the database is neither at Neon nor on this machine
 */
export function sqlEndpoint(database: DatabaseAddress): string | undefined {
  if (typeof database === 'object') return database.neonEndpoint;
  const url = parseDatabaseUrl(database);
  if (url === undefined) return undefined;
  if (isLoopback(url.hostname)) return url.port === '' ? undefined : `http://${url.host}/sql`;
  // A label before the domain is needed, because `api.` replaces it.
  const isNeon = NEON_DOMAINS.some((domain) => url.hostname.slice(1).endsWith(domain));
  return isNeon ? `https://${url.hostname.replace(/^[^.]+/, 'api')}/sql` : undefined;
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

/**
 * Whether a database is on this machine. A database whose URL has another form is not, and neither is one behind a proxy:
 * nobody can tell where the proxy leads.
 */
export function isOnThisMachine(database: DatabaseAddress): boolean {
  return typeof database === 'string' && isLoopback(parseDatabaseUrl(database)?.hostname ?? '');
}
