/**
 * The origins of web apps: how an allow-list names them.
 *
 * @module
 */
import { type Failure, fail, type Result, succeed } from '#portero/internal/result.ts';

/** What is wrong with an entry, and how to mend it. It is fixed text, and never holds the entry. */
type OriginResult = Result<string, 'origin_refused', { problem: string }>;

/** Pages of these schemes have the origin `null`, or there are no such pages. */
const SCHEMES_WITHOUT_ORIGIN = ['about', 'blob', 'data', 'file', 'ftp', 'javascript', 'ws', 'wss'];

/**
 * Reads an entry of an allow-list: an origin, or `*.` before a hostname for every subdomain. Its scheme is `https`, or
 * `http` on this machine, or that of an app shell such as `capacitor://localhost`.
 *
 * @returns the entry as a browser writes it: in lower case, without a slash at the end, without the scheme's own port
 */
export function readOriginPattern(entry: string): OriginResult {
  const text = entry.toLowerCase();
  if (text === 'null') {
    return refuse('is null, which is the origin of any page in a sandbox or a file: leave it out');
  }
  const [, scheme, host] = /^([a-z][a-z0-9+.-]*):\/\/(.*?)\/*$/.exec(text) ?? [];
  if (scheme === undefined || host === undefined) {
    return refuse('is no origin: write one such as https://app.example.org');
  }
  if (host === '') return refuse('has no host: write an origin such as https://app.example.org');
  if (/[/\\?#@]/.test(host)) {
    return refuse('has more than a scheme, a host and a port: leave out the rest');
  }
  if (SCHEMES_WITHOUT_ORIGIN.includes(scheme)) {
    return refuse('has a scheme whose pages have no origin of their own: leave it out');
  }
  if (scheme !== 'https' && scheme !== 'http') return readAppShell(scheme, host);
  return host.startsWith('*.') ? readWildcard(scheme, host.slice(2)) : readWebOrigin(scheme, host);
}

/** The hosts of app shells are names such as `localhost`, `-` and `bundle`. */
function readAppShell(scheme: string, host: string): OriginResult {
  return /^[a-z0-9._-]+(:\d{1,5})?$/.test(host)
    ? succeed(`${scheme}://${host}`)
    : refuse('has a host that cannot be read');
}

function readWebOrigin(scheme: string, host: string): OriginResult {
  const url = URL.parse(`${scheme}://${host}`);
  if (url === null || host.includes('*')) return refuse('has a host or a port that cannot be read');
  return scheme === 'https' || isOnThisMachine(url.hostname)
    ? succeed(url.origin)
    : refuse('is http, which is accepted on this machine only: use https');
}

function readWildcard(scheme: string, parent: string): OriginResult {
  const url = URL.parse(`https://${parent}`);
  if (scheme !== 'https') return refuse('is http with a *: use https');
  // The last label of a hostname is never a number, and that of an IP address always is.
  if (url === null || !/^[a-z0-9_-]+(\.[a-z0-9_-]+)*\.[a-z][a-z0-9-]*$/.test(url.hostname)) {
    return refuse('has a * that does not stand for the subdomains of a domain');
  }
  return succeed(`https://*.${url.host}`);
}

function refuse(problem: string): Failure<'origin_refused', { problem: string }> {
  return fail('origin_refused', { problem });
}

/** Browsers look up `localhost` and the names below it on this machine. Tauri's pages on Windows are `tauri.localhost`. */
function isOnThisMachine(hostname: string): boolean {
  return /^(([a-z0-9-]+\.)*localhost|127\.0\.0\.1|\[::1\])$/.test(hostname);
}

/** @param allowed entries that {@link readOriginPattern} has returned. `null` is never among them */
export function isAllowedOrigin(origin: string, allowed: string[]): boolean {
  return allowed.some((entry) => {
    if (!entry.startsWith('https://*.')) return origin === entry;
    const suffix = entry.slice('https://*'.length);
    const subdomain = origin.slice('https://'.length, -suffix.length);
    return (
      origin === `https://${subdomain}${suffix}` && /^[a-z0-9-]+(\.[a-z0-9-]+)*$/.test(subdomain)
    );
  });
}
