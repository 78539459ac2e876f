/**
 * The origins of web apps: how an allow-list names them.
 *
 * @module
 */

/**
 * An origin as a browser writes it. It is `https`, or `http` on this machine. `*.` at the beginning of the hostname
 * stands for every subdomain.
 */
const ORIGIN_PATTERN =
  /^(https:\/\/(\*\.[a-z0-9-]+\.)?[a-z0-9.-]+(:\d+)?|http:\/\/(localhost|127\.0\.0\.1|\[::1\])(:\d+)?)$/;

/** Whether an entry of the allow-list can match an origin at all. */
export function isOriginPattern(entry: string): boolean {
  const example = entry.replace('*.', 'example.');
  return ORIGIN_PATTERN.test(entry) && URL.parse(example)?.origin === example;
}

/** @param allowed entries that {@link isOriginPattern} has accepted */
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
